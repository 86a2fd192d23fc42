#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Runs a Criterion binary. Under AddressSanitizer a test that leaks still passes
# in Criterion's eyes: what the sanitizer logged is the verdict then.
set -eu
logs=$(mktemp -d)
trap 'rm -rf "$logs"' EXIT
export ASAN_OPTIONS="log_path=$logs/asan:${ASAN_OPTIONS:-}"
status=0
"$@" || status=$?
for log in "$logs"/*; do
    [ -e "$log" ] || continue
    cat "$log" >&2
    status=1
done
exit "$status"
