# Sourced by scripts/kafka: the same from the project's container image, for
# machines with Docker and without Java. NOT RUN where it was written (there was
# no Docker daemon), which is why Java and Maven go first.
# shellcheck shell=bash disable=SC2154

docker_image=apache/kafka:4.1.0

docker_possible() { docker info >/dev/null 2>&1; }

docker_name() { echo "herald-kafka-$(printf %s "$dir" | cksum | cut -d' ' -f1)"; }

docker_start() {
    local name setting environment=() deadline=$((SECONDS + 120))
    name=$(docker_name)
    [[ -z $secure && ${brokers:-1} == 1 ]] ||
        fail "--secure and --brokers 3 need Java and Maven: run scripts/setup, then use another DIR."
    say "starting $docker_image with Docker (this way was never tried by those who wrote it)"
    if ! docker container inspect "$name" >/dev/null 2>&1; then
        : "${port:=$(python3 "$lib/free-ports.py" 1 "$dir")}"
        # log.cleaner.backoff.ms=1 becomes KAFKA_LOG_CLEANER_BACKOFF_MS=1
        for setting in ${settings[@]+"${settings[@]}"}; do
            environment+=(-e "KAFKA_$(tr 'a-z.' 'A-Z_' <<<"${setting%%=*}")=${setting#*=}")
        done
        docker create --name "$name" -p "127.0.0.1:$port:$port" \
            -e KAFKA_PROCESS_ROLES=broker,controller -e KAFKA_NODE_ID=1 \
            -e KAFKA_CONTROLLER_QUORUM_VOTERS=1@localhost:9093 -e KAFKA_CONTROLLER_LISTENER_NAMES=CONTROLLER \
            -e "KAFKA_LISTENERS=PLAINTEXT://0.0.0.0:$port,CONTROLLER://localhost:9093" \
            -e "KAFKA_ADVERTISED_LISTENERS=PLAINTEXT://127.0.0.1:$port" \
            -e KAFKA_LISTENER_SECURITY_PROTOCOL_MAP=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT \
            -e KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR=1 -e KAFKA_OFFSETS_TOPIC_NUM_PARTITIONS=4 \
            -e KAFKA_TRANSACTION_STATE_LOG_REPLICATION_FACTOR=1 -e KAFKA_TRANSACTION_STATE_LOG_MIN_ISR=1 \
            -e KAFKA_TRANSACTION_STATE_LOG_NUM_PARTITIONS=4 -e KAFKA_GROUP_INITIAL_REBALANCE_DELAY_MS=0 \
            -e KAFKA_AUTO_CREATE_TOPICS_ENABLE=false -e KAFKA_BROKER_SESSION_TIMEOUT_MS=4000 \
            -e KAFKA_BROKER_HEARTBEAT_INTERVAL_MS=500 -e KAFKA_LOG_CLEANER_BACKOFF_MS=1000 \
            "${environment[@]}" "$docker_image" >/dev/null
        write_env <<<"KAFKA_BOOTSTRAP_SERVERS=127.0.0.1:$port"
    fi
    local since
    since=$(date +%s)
    docker start "$name" >/dev/null
    write_pids "$(docker inspect -f '{{.State.Pid}}' "$name")"
    until docker logs --since "$since" "$name" 2>&1 | grep -q 'Kafka Server started'; do
        if ! docker_status >/dev/null || ((SECONDS > deadline)); then
            docker logs --tail 25 "$name" >&2
            fail "the broker did not become ready within 120 s; the end of its log is above."
        fi
        sleep 0.2
    done
}

docker_status() {
    if [[ $(docker inspect -f '{{.State.Running}}' "$(docker_name)" 2>/dev/null) != true ]]; then
        echo "container $(docker_name): not running"
        return 1
    fi
    echo "container $(docker_name): running, $(value_of KAFKA_BOOTSTRAP_SERVERS)"
}

docker_stop() {
    docker stop --time 15 "$(docker_name)" >/dev/null
    if [[ -f $dir/env ]]; then write_pids; fi
    say "stopped; the container $(docker_name) keeps its data until docker rm"
}
