#!/usr/bin/env bash
# Find Chromium for the browser tests, or install Debian's when we may.
set -euo pipefail

for name in "${MSPIKE_CHROMIUM:-}" chromium chromium-browser google-chrome; do
    if [ -n "$name" ] && command -v "$name" >/dev/null; then
        exit 0
    fi
done

if [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null; then
    echo "browser: installing chromium" >&2
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium fonts-liberation >/dev/null
else
    echo "browser: no Chromium here. On Debian: sudo apt-get install chromium. Elsewhere set MSPIKE_CHROMIUM to" >&2
    echo "         its path. 'make check' runs everything that needs no browser." >&2
    exit 1
fi
