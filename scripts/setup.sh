#!/usr/bin/env bash
# Make .venv ready: the pinned libraries, each checked by its hash, and mspike itself in editable form.
# `make` calls this when constraints.txt or pyproject.toml is newer than .venv/.ready.
set -euo pipefail
cd "$(dirname "$0")/.."

say() { printf 'setup: %s\n' "$*" >&2; }
new_enough() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; }

find_python() {
    local name
    for name in "${PYTHON:-python3}" python3.13 python3.12 python3.11; do
        if new_enough "$name"; then
            command -v "$name"
            return
        fi
    done
    say "Python 3.11 or newer is needed. Install it, or name it: make PYTHON=/path/to/python3.12"
    return 1
}

# Debian keeps the part of Python that makes environments in a package of its own.
make_venv() {
    local python=$1 package
    if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
        package="python$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')-venv"
        if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null; then
            say "$python cannot make an environment. On Debian or Ubuntu: sudo apt-get install $package"
            return 1
        fi
        say "installing $package"
        apt-get update -qq
        DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$package" >/dev/null
    fi
    rm -rf .venv
    "$python" -m venv .venv
}

if ! new_enough .venv/bin/python || ! .venv/bin/python -m pip --version >/dev/null 2>&1; then
    python=$(find_python)
    make_venv "$python"
fi

pip() { .venv/bin/python -m pip --disable-pip-version-check --no-input "$@"; }
say "installing the libraries of constraints.txt (about a minute the first time)"
pip install --quiet --require-hashes --only-binary :all: -r constraints.txt
pip install --quiet --no-deps --no-build-isolation -e .
touch .venv/.ready
say "ready"
