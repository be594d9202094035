#!/usr/bin/env bash
# Write constraints.txt anew from the ranges in pyproject.toml: exact versions with the hash of every released file, for
# every Python and platform (environment markers tell them apart). Releases younger than a week are left alone.
set -euo pipefail
cd "$(dirname "$0")/.."

tools=$(mktemp -d)
trap 'rm -rf "$tools"' EXIT
"${PYTHON:-python3}" -m venv "$tools"
"$tools/bin/pip" install --quiet --disable-pip-version-check "uv>=0.13,<1"

{
    echo "# Exact versions with hashes, written by 'make lock' from pyproject.toml. Not edited by hand."
    "$tools/bin/uv" pip compile pyproject.toml --all-extras --universal --python-version 3.11 --upgrade \
        --generate-hashes --no-header --no-annotate --exclude-newer "7 days" --quiet
} >"$tools/constraints.txt"
mv "$tools/constraints.txt" constraints.txt
grep -c '==' constraints.txt | sed 's/^/lock: libraries pinned: /' >&2
