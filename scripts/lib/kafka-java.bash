# Sourced by scripts/kafka: Apache Kafka, fetched by Maven and run by Java.
# Uses its root, lib, dir, brokers, secure, port, settings, say and fail.
# shellcheck shell=bash disable=SC2154
# shellcheck source=scripts/lib/kafka-fetch.bash
source "$lib/kafka-fetch.bash"

ready_seconds_max=120

# ---- start -----------------------------------------------------------------
java_start() {
    local id started=()
    [[ -s $dir/via ]] || prepare_cluster
    check_java
    fetch_kafka
    use_archive
    # All at once: three brokers need each other to become ready.
    for id in $(broker_ids); do
        [[ -f $dir/broker-$id/data/bootstrap.checkpoint ]] || format_broker "$id" &
    done
    wait_for_all || fail "the broker's directory could not be formatted; the reason is above."
    for id in $(broker_ids); do
        is_broker "$id" || { launch_broker "$id" && started+=("$id"); }
    done
    # shellcheck disable=SC2046  # one word per process id
    write_pids $(broker_pids)
    for id in "${started[@]}"; do await_ready "$id"; done
    [[ ${#started[@]} -gt 0 ]] || say "already running"
}

wait_for_all() {
    local job
    for job in $(jobs -p); do wait "$job" || return 1; done
}

check_same_cluster() {
    local there
    there=$(broker_ids | wc -w)
    [[ -z $brokers || $brokers == "$there" ]] ||
        fail "$dir holds a cluster of $there; use another DIR for --brokers $brokers."
    [[ -z $secure || -d $dir/tls ]] ||
        fail "$dir holds a cluster without TLS; use another DIR for --secure."
    [[ ${#settings[@]} -eq 0 ]] ||
        fail "--set works on the first start only; edit $dir/broker-*/server.properties instead."
}

format_broker() {
    local extra=() log=$dir/broker-$1/format.log
    [[ -z $secure ]] || extra=(--add-scram "SCRAM-SHA-512=[name=herald,password=$(value_of KAFKA_SASL_PASSWORD)]")
    "${kafka_java[@]}" kafka.tools.StorageTool format --ignore-formatted \
        --cluster-id "$(<"$dir/cluster-id")" --config "$dir/broker-$1/server.properties" \
        "${extra[@]}" </dev/null >"$log" 2>&1 8>&- || { tail -n 20 "$log" >&2; return 1; }
}

launch_broker() {
    local home=$dir/broker-$1
    # Where this run's lines begin: a restart must not find the last run's "started".
    touch "$home/broker.log"
    wc -c <"$home/broker.log" >"$home/log-start"
    # Its own session: a Ctrl-C in the terminal is for whoever asked, not for it.
    setsid "${kafka_java[@]}" kafka.Kafka "$home/server.properties" \
        </dev/null >>"$home/broker.log" 2>&1 8>&- 9>&- &
    echo $! >"$home/pid"
    disown # else this shell reports its end in its own words
}

# Kafka says so once it is registered, unfenced, and answers on every listener.
await_ready() {
    local home=$dir/broker-$1 deadline=$((SECONDS + ready_seconds_max)) from
    from=$(($(<"$home/log-start") + 1))
    until tail -c "+$from" "$home/broker.log" | grep -q 'Kafka Server started'; do
        if ! is_broker "$1"; then
            tail -n 25 "$home/broker.log" >&2
            fail "broker $1 ended while starting; the end of $home/broker.log is above."
        elif ((SECONDS > deadline)); then
            tail -n 25 "$home/broker.log" >&2
            fail "broker $1 was not ready within $ready_seconds_max s; the end of $home/broker.log is above."
        fi
        sleep 0.1
    done
}

# ---- what is there ---------------------------------------------------------
broker_ids() {
    local home
    for home in "$dir"/broker-*/; do
        if [[ -f $home/server.properties ]]; then home=${home%/} && echo "${home##*-}"; fi
    done
}

is_broker() {
    is_process "$(cat "$dir/broker-$1/pid" 2>/dev/null)" "$dir/broker-$1/server.properties"
}

broker_pids() {
    local id
    for id in $(broker_ids); do if is_broker "$id"; then cat "$dir/broker-$id/pid"; fi; done
}

java_status() {
    local id all=0
    for id in $(broker_ids); do
        if is_broker "$id"; then
            echo "broker $id: running, process $(<"$dir/broker-$id/pid"), 127.0.0.1:$(<"$dir/broker-$id/port")"
        else
            echo "broker $id: not running"
            all=1
        fi
    done
    return "$all"
}

# ---- stop ------------------------------------------------------------------
java_stop() {
    local pids pid deadline
    pids=$(broker_pids)
    for pid in $pids; do kill "$pid" 2>/dev/null || true; done
    deadline=$((SECONDS + 15))
    for pid in $pids; do
        while is_process "$pid" "$dir/broker-"; do
            if ((SECONDS > deadline)); then
                say "process $pid did not stop within 15 s and is killed"
                kill -9 "$pid" 2>/dev/null || true
                break
            fi
            sleep 0.1
        done
    done
    rm -f "$dir"/broker-*/pid
    if [[ -f $dir/env ]]; then write_pids; fi
    [[ -z $pids ]] || say "stopped; the data stay in $dir"
}
