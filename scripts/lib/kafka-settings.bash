# Sourced by kafka-java.bash: writes the brokers' settings, certificates and the
# environment file of a cluster. Every setting says why it differs.
# shellcheck shell=bash disable=SC2154

# Replaces DIR/env in one step, so that nobody reads half of it.
write_env() {
    (umask 077 && cat >"$dir/env.new")
    mv "$dir/env.new" "$dir/env"
}

write_pids() {
    { grep -v '^KAFKA_PIDS=' "$dir/env"; echo "KAFKA_PIDS=\"$*\""; } | write_env
}

value_of() { sed -n "s/^$1=//p" "$dir/env"; }

prepare_cluster() {
    local id count=${brokers:-1} ports listeners=2 voters='' plain='' ssl='' sasl='' password=''
    [[ -z $secure ]] || listeners=4
    # A cluster id is 16 bytes in URL-safe base64.
    printf 'h%s' "$(head -c 16 /dev/urandom | base64 | tr '+/' '-_' | tr -d '=\n')" | cut -c1-22 | tr -d '\n' >"$dir/cluster-id"
    if [[ -n $secure ]]; then
        password=$(head -c 18 /dev/urandom | od -An -tx1 | tr -d ' \n')
        make_certificates "$dir/tls"
    fi
    read -ra ports <<<"$(python3 "$lib/free-ports.py" $((count * listeners)) "$dir")"
    if [[ -n $port ]]; then ports[0]=$port; fi

    for ((id = 1; id <= count; id++)); do
        local at=$(((id - 1) * listeners))
        plain+=,127.0.0.1:${ports[at]}
        voters+=,$id@127.0.0.1:${ports[at + 1]}
        if [[ -n $secure ]]; then
            ssl+=,127.0.0.1:${ports[at + 2]}
            sasl+=,127.0.0.1:${ports[at + 3]}
        fi
    done
    for ((id = 1; id <= count; id++)); do
        mkdir -p "$dir/broker-$id"
        echo "${ports[(id - 1) * listeners]}" >"$dir/broker-$id/port"
        (
            umask 077 # the password is in it
            broker_settings "$id" "$count" "${voters#,}" "${ports[@]:(id - 1) * listeners:listeners}" \
                >"$dir/broker-$id/server.properties"
        )
    done
    {
        echo "KAFKA_BOOTSTRAP_SERVERS=${plain#,}"
        if [[ -n $secure ]]; then
            echo "KAFKA_CA_FILE=$dir/tls/ca.pem"
            echo "KAFKA_SSL_BOOTSTRAP_SERVERS=${ssl#,}"
            echo "KAFKA_SASL_BOOTSTRAP_SERVERS=${sasl#,}"
            echo "KAFKA_SASL_USERNAME=herald"
            echo "KAFKA_SASL_PASSWORD=$password"
        fi
    } | write_env
}

# broker_settings ID COUNT VOTERS PLAIN_PORT CONTROLLER_PORT [SSL_PORT SASL_PORT]
broker_settings() {
    local id=$1 count=$2 voters=$3 replicas=1 in_sync=1 session_ms=4000 setting
    shift 3
    local listeners=PLAINTEXT://127.0.0.1:$1,CONTROLLER://127.0.0.1:$2
    [[ $# -eq 2 ]] || listeners+=,SSL://127.0.0.1:$3,SASL_SSL://127.0.0.1:$4
    # Three processes on a small machine pause each other for longer.
    if [[ $count -eq 3 ]]; then replicas=3 in_sync=2 session_ms=6000; fi
    cat <<TEXT
# One process is broker and controller.
process.roles=broker,controller
node.id=$id
controller.quorum.voters=$voters
controller.listener.names=CONTROLLER
listeners=$listeners
listener.security.protocol.map=CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT,SSL:SSL,SASL_SSL:SASL_SSL
inter.broker.listener.name=PLAINTEXT
log.dirs=$dir/broker-$id/data

# As many copies as there are brokers.
default.replication.factor=$replicas
min.insync.replicas=$in_sync
offsets.topic.replication.factor=$replicas
transaction.state.log.replication.factor=$replicas
transaction.state.log.min.isr=$in_sync
share.coordinator.state.topic.replication.factor=$replicas
share.coordinator.state.topic.min.isr=$in_sync

# The defaults are 50 each: slow to create, and many open files.
offsets.topic.num.partitions=4
transaction.state.log.num.partitions=4
share.coordinator.state.topic.num.partitions=2

# A misspelt topic must be an error, as in production.
auto.create.topics.enable=false
# The first member of a group need not wait for others.
group.initial.rebalance.delay.ms=0
# After kill -9 a broker may only return when its old session ended: 9 s by default.
broker.session.timeout.ms=$session_ms
broker.heartbeat.interval.ms=500
# Compaction that a test can wait for, in a buffer that fits the small heap.
log.cleaner.backoff.ms=1000
log.cleaner.dedupe.buffer.size=16777216
TEXT
    [[ $# -eq 2 ]] || secure_settings
    # ${settings[@]+...}: nothing to say where the array is empty.
    for setting in ${settings[@]+"${settings[@]}"}; do echo "$setting"; done
}

secure_settings() {
    cat <<TEXT

# TLS, with and without a password.
ssl.keystore.type=PEM
ssl.keystore.location=$dir/tls/server.pem
ssl.truststore.type=PEM
ssl.truststore.location=$dir/tls/ca.pem
sasl.enabled.mechanisms=SCRAM-SHA-512,PLAIN
listener.name.sasl_ssl.scram-sha-512.sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required;
listener.name.sasl_ssl.plain.sasl.jaas.config=org.apache.kafka.common.security.plain.PlainLoginModule required user_herald="$password";
TEXT
}

# A certificate authority and the brokers' certificate, for this cluster only.
make_certificates() {
    local tls=$1
    (
        umask 077
        mkdir -p "$tls"
        cd "$tls" || exit 1
        quietly openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 3650 \
            -subj '/CN=Herald test CA' -keyout ca.key -out ca.pem
        quietly openssl req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes \
            -subj '/CN=localhost' -keyout server.key -out server.csr
        quietly openssl x509 -req -in server.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 3650 \
            -extfile <(echo 'subjectAltName=DNS:localhost,IP:127.0.0.1') -out server.crt
        # Kafka reads key and chain from one file.
        cat server.key server.crt ca.pem >server.pem
        # Clients of other users may read whom to trust, and nothing else.
        chmod 644 ca.pem
    )
    chmod 755 "$tls"
}

quietly() {
    local said
    said=$("$@" 2>&1) || fail "this failed: $*" "$said"
}
