#!/usr/bin/env bash
# Grants each role on Kafka what it needs, and nothing else. Prints the commands;
# with --apply it runs them. Granting twice is the same as once.
#
#   deploy/kafka-acls.sh --bootstrap-server kafka-1:9093 --command-config admin.properties [--apply]
#
# Environment, with their defaults:
#   PREFIX=              kafka.topic_prefix of herald.yaml
#   GROUP=herald-router  router.group of herald.yaml
#   INTAKE=herald-intake ROUTER=herald-router READER=herald-reader
#                        the users; name one user for all where one process has
#                        all roles, as `herald serve` has by default
#   SENDERS=             audience=user pairs: "customers=mailer engineers=chat"
#   CREATE=yes           whether Herald may create topics (kafka.topics.create)
#   KAFKA_ACLS=kafka-acls.sh   Kafka's own tool
set -euo pipefail

: "${PREFIX:=}" "${GROUP:=herald-router}" "${SENDERS:=}" "${CREATE:=yes}"
: "${INTAKE:=herald-intake}" "${ROUTER:=herald-router}" "${READER:=herald-reader}"
: "${KAFKA_ACLS:=kafka-acls.sh}"

apply='' connection=()
for argument in "$@"; do
    if [[ $argument == --apply ]]; then apply=yes; else connection+=("$argument"); fi
done
if [[ ${#connection[@]} -eq 0 || $1 == --help ]]; then
    sed -n '2,/^set/s/^# \{0,1\}//p' "$0"
    exit 2
fi

# grant USER OPERATIONS (with commas) RESOURCE...
grant() {
    local user=$1 operation operations=()
    for operation in ${2//,/ }; do operations+=(--operation "$operation"); done
    shift 2
    local command=("$KAFKA_ACLS" "${connection[@]}" --add --allow-principal "User:$user" "${operations[@]}" "$@")
    if [[ -n $apply ]]; then
        "${command[@]}"
    else
        printf '%q ' "${command[@]}"
        echo
    fi
}

topics() {
    local name
    for name in "$@"; do printf ' --topic %s' "$PREFIX$name"; done
}

# The words of `topics` and the like are meant to be split.
# shellcheck disable=SC2046
{
    # Intake writes what comes in, and what it could not use. It reads decisions
    # for ?wait=. Idempotence needs no right of its own.
    grant "$INTAKE" Write,Describe,DescribeConfigs $(topics incident.events incident.rejected)
    grant "$INTAKE" Read,Describe,DescribeConfigs $(topics incident.decisions)

    # The router reads events and its own state, and writes everything else, in
    # transactions. It writes events too: incidents that are merged tell each other.
    grant "$ROUTER" Read,Write,Describe,DescribeConfigs $(topics incident.events incident.state)
    grant "$ROUTER" Write,Describe,DescribeConfigs $(topics incident.decisions incident.rejected)
    for kind in notify. leads. drill.; do
        grant "$ROUTER" Write,Describe,DescribeConfigs --topic "$PREFIX$kind" --resource-pattern-type prefixed
    done
    # One transactional id per slot, each beginning with the group's name. Readers
    # that never join a group, of state or decisions, are named like it as well:
    # librdkafka asks for a group's coordinator even then.
    grant "$ROUTER" Write,Describe --transactional-id "$GROUP" --resource-pattern-type prefixed
    grant "$ROUTER" Read,Describe --group "$GROUP" --resource-pattern-type prefixed
    grant "$INTAKE" Describe --group "$GROUP" --resource-pattern-type prefixed

    # Both look at every topic at their start, and create what is missing.
    for user in "$INTAKE" "$ROUTER"; do
        for kind in incident. notify. leads. drill.; do
            grant "$user" "Describe,DescribeConfigs$([[ $CREATE != yes ]] || echo ,Create)" \
                --topic "$PREFIX$kind" --resource-pattern-type prefixed
        done
    done

    # People and dashboards: herald tail, why, incident, rejected. Everything can
    # be read with it, so it is for those who may read everything.
    for kind in incident. notify. leads. drill.; do
        grant "$READER" Read,Describe --topic "$PREFIX$kind" --resource-pattern-type prefixed
    done
    grant "$READER" Read --group "$READER" --resource-pattern-type prefixed

    # A sender reads one audience, so that nobody reads what is not theirs.
    for pair in $SENDERS; do
        audience=${pair%%=*} user=${pair#*=}
        grant "$user" Read,Describe $(topics "notify.$audience" "drill.$audience")
        grant "$user" Read --group "$user" --resource-pattern-type prefixed
    done
}
