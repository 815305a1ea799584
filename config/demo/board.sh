#!/usr/bin/env bash
# The board's half of the demo: a list with a real one's troubles becomes an exam, and the log that the desk's half left
# is checked. Each step is one line; the last line counts them, the desk's with them.
# usage: board.sh PROGRAM OUT
set -uo pipefail
program=$1 out=$2
work=$out/board
rm -rf "$work" && mkdir -p "$work" "$out"
steps=$out/steps.tsv
[ -f "$steps" ] && grep -v '^board' "$steps" >"$steps.new"; mv -f "$steps.new" "$steps" 2>/dev/null || : >"$steps"

# step NAME EXPECTED-EXIT COMMAND…: what the command says goes into a file, a line says how it ended.
step() {
  local name=$1 expected=$2; shift 2
  "$@" >"$work/$name.txt" 2>&1
  local ended=$? word=ok
  [ "$ended" -eq "$expected" ] || word=FAIL
  printf 'board\t%s\t%s\n' "$name" "$word" >>"$steps"
  printf '%-5s board: %-38s %s\n' "$word" "$name" "$(grep -v '^$' "$work/$name.txt" | tail -n 1 | cut -c1-80)"
}

step sample 0 "$program" exam sample --candidates 600 --out "$work/list"
if [ -d "$out/export" ]; then
  step verify 0 "$program" verify "$out/export" --board "$out/board.vkey" --anchors "$out/anchors"
  cp "$work/verify.txt" "$out/report.txt"
fi
all=$(wc -l <"$steps") good=$(awk -F'\t' '$3 == "ok"' "$steps" | wc -l)
echo "$good of $all as expected; pictures, log and report in $out"
[ "$good" -eq "$all" ]
