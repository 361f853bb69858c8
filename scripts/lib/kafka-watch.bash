#!/usr/bin/env bash
# Ends the brokers below DIR when their owner is gone, or when DIR itself is.
# Started by `scripts/kafka start --owner PID`; nobody else needs it.
set -euo pipefail
owner=$1 dir=$2 kafka=$3

# A process that died but was not yet waited for counts as gone.
alive() {
    local stat
    kill -0 "$1" 2>/dev/null || return 1
    stat=$(cat "/proc/$1/stat" 2>/dev/null) || return 1
    [[ ${stat##*) } != Z* ]]
}

pids=''
while alive "$owner" && [[ -d $dir ]]; do
    # Remembered, because with DIR they would be lost. A restart changes them.
    pids=$(cat "$dir"/broker-*/pid 2>/dev/null || true)
    sleep 1
done
if [[ -d $dir ]]; then
    echo "the owner $owner is gone"
    exec "$kafka" stop --dir "$dir"
fi
for pid in $pids; do
    # Only what still runs from this directory is ours.
    if tr '\0' ' ' 2>/dev/null <"/proc/$pid/cmdline" | grep -qF "$dir/broker-"; then
        kill -9 "$pid" || true
    fi
done
