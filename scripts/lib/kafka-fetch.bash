# Sourced by kafka-java.bash: fetches Apache Kafka with Maven, once, and
# says how to run its classes. Needs Java, and Maven the first time.
# shellcheck shell=bash disable=SC2154

kafka_version=4.1.0
kafka_home=$root/.tools/kafka/$kafka_version

java_possible() {
    command -v java >/dev/null || return 1
    [[ -f $kafka_home/complete ]] || command -v mvn >/dev/null
}

# ---- the jars --------------------------------------------------------------
# Once per checkout. Whoever comes second waits for the lock, and finds them.
fetch_kafka() {
    [[ ! -f $kafka_home/complete ]] || return 0
    mkdir -p "$kafka_home"
    exec 9>"$kafka_home/.lock"
    flock -n 9 || { say "another start is fetching Kafka; waiting for it"; flock 9; }
    if [[ ! -f $kafka_home/complete ]]; then
        command -v mvn >/dev/null || fail "Maven is needed to fetch Kafka; run scripts/setup."
        say "fetching Apache Kafka $kafka_version with Maven (once, 45 files, 43 MB; seconds to a minute)"
        local log=$kafka_home/fetch.log mvn=''
        rm -rf "$kafka_home/libs"
        mvn -B -ntp -f "$lib/kafka-pom.xml" -Dkafka.version="$kafka_version" \
            dependency:copy-dependencies -DincludeScope=runtime \
            -DoutputDirectory="$kafka_home/libs" </dev/null >"$log" 2>&1 8>&- 9>&- &
        mvn=$!
        while sleep 1 && kill -0 "$mvn" 2>/dev/null; do
            ((SECONDS % 10)) || say "still fetching after $SECONDS s ..."
        done
        wait "$mvn" || {
            tail -n 20 "$log" >&2
            fail "Maven could not fetch Kafka (its last lines are above, all of them in $log)." \
                "It needs the network, once; or set KAFKA_BOOTSTRAP_SERVERS to a cluster you have."
        }
        archive_classes
        touch "$kafka_home/complete"
    fi
    exec 9>&-
}

check_java() {
    local major
    major=$(java -version 2>&1 | sed -n 's/.*version "\([0-9]*\).*/\1/p')
    [[ ${major:-0} -ge 17 ]] ||
        fail "Kafka $kafka_version needs Java 17 or newer, and this is ${major:-none}; run scripts/setup."
}

# Runs a class of Kafka's: "${kafka_java[@]}" CLASS [argument...]
# Parsed classes come from an archive where there is one: half the time to start.
kafka_java=(java -Xmx768m -XX:+UseSerialGC -Xshare:auto -Xlog:cds=off -Xlog:cds+dynamic=off
    -Djava.awt.headless=true
    -Dorg.slf4j.simpleLogger.logFile=System.out
    -Dorg.slf4j.simpleLogger.showDateTime=true
    "-Dorg.slf4j.simpleLogger.dateTimeFormat=yyyy-MM-dd HH:mm:ss.SSS"
    # These print every setting, several times: hundreds of lines, and a password.
    -Dorg.slf4j.simpleLogger.log.org.apache.kafka.common.config=warn
    -Dorg.slf4j.simpleLogger.log.kafka.server.KafkaConfig=warn
    -cp "$kafka_home/libs/*")
archive=$kafka_home/classes.jsa

use_archive() {
    if [[ -f $archive ]]; then kafka_java+=("-XX:SharedArchiveFile=$archive"); fi
}

# Lets a throw-away broker run once, and keeps the classes that it loaded.
# Only for speed, so a failure is said and otherwise of no consequence.
archive_classes() {
    say "preparing a class archive, so that later starts take half the time"
    rm -f "$archive"
    if ! (
        # shellcheck disable=SC2034  # prepare_cluster reads them
        dir=$(mktemp -d) brokers=1 secure='' port='' settings=()
        trap 'java_stop >/dev/null 2>&1; rm -rf "$dir"' EXIT
        kafka_java+=("-XX:ArchiveClassesAtExit=$archive.new")
        prepare_cluster && format_broker 1 2>/dev/null && launch_broker 1 && await_ready 1 && java_stop
    ) >"$kafka_home/archive.log" 2>&1 8>&- 9>&-; then
        say "that did not work (see $kafka_home/archive.log); starts are slower without"
        return 0
    fi
    mv "$archive.new" "$archive"
}
