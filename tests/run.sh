#!/usr/bin/env bash
# Runs every test of the packages that it is given and says how many ran, failed and were skipped. A test that skips
# itself says so in the file TEST_SKIPS; with CI set, a skip that tests/skips.toml does not list is a failure.
# usage: run.sh CARGO-TEST-ARGUMENTS…
set -uo pipefail
cd "$(dirname "$0")/.."
mkdir -p target
log=target/test.log
export TEST_SKIPS=$PWD/target/test.skips
: >"$TEST_SKIPS"
counts=target/schemathesis/counts.txt
rm -f "$counts"

${CARGO:-cargo} test --no-fail-fast "$@" 2>&1 | tee "$log"
ended=${PIPESTATUS[0]}

# Only lines of the harness itself: what a child of a test prints is that test's, and is captured.
count() { sed -nE "s/^test result: .* ([0-9]+) $1;.*/\1/p" "$log" | awk '{ all += $1 } END { print all + 0 }'; }
sort -u -o "$TEST_SKIPS" "$TEST_SKIPS"
# Listed is a test together with its reason: one that is skipped for another is news.
unlisted=$(while IFS=$'\t' read -r test why; do
  grep -F -A1 "test = \"$test\"" tests/skips.toml | sed -nE 's/^why = "(.*)"$/\1/p' |
    while read -r listed; do case $why in "$listed"*) echo yes ;; esac; done | grep -q yes || echo "$test"
done <"$TEST_SKIPS")
echo
while IFS=$'\t' read -r test why; do echo "skipped: $test: $why"; done <"$TEST_SKIPS"
[ ! -f "$counts" ] || cat "$counts"
echo "tests: $(($(count passed) + $(count failed))) ran, $(count failed) failed, $(wc -l <"$TEST_SKIPS") skipped"
[ "$(count passed)" -gt 0 ] || { echo "no test ran"; exit 1; }
if [ -n "${CI:-}" ] && [ -n "$unlisted" ]; then
  echo "skipped here, and not in tests/skips.toml:" $unlisted
  exit 1
fi
exit "$ended"
