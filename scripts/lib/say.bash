# Sourced by the scripts: how they speak, and a safe look at a process.
# shellcheck shell=bash

program=$(basename "$0")

# Progress goes to standard error, so that standard output stays for results.
say() { printf '%s: %s\n' "$program" "$*" >&2; }

# An error is one or more sentences: what is wrong, then what to do.
fail() {
    local sentence
    for sentence in "$@"; do say "$sentence"; done
    exit 1
}

# Whether process $1 lives and has $2 in its command line. A process id alone
# may by now belong to somebody else.
is_process() {
    [[ -n ${1:-} ]] && kill -0 "$1" 2>/dev/null || return 1
    tr '\0' ' ' 2>/dev/null <"/proc/$1/cmdline" | grep -qF -- "$2"
}
