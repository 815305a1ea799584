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

step "a list with a school's troubles" 0 "$program" exam sample --candidates 600 --traps zeros,serials,two-rows,same-id --out "$work/list"
step "the folder of an exam" 0 "$program" exam new "$work/exam" --board hoidong.example --id tap-huan --title "Tập huấn"
step "one number twice is no list" 2 "$program" exam import "$work/list/danh-sach.xlsx" --into "$work/exam"
step "the list as the school mended it" 0 "$program" exam sample --candidates 600 --traps zeros,serials,two-rows --out "$work/mended"
step "its people are the exam's" 1 "$program" exam import "$work/mended/danh-sach.xlsx" --into "$work/exam" --accept all
step "what is still missing is said" 1 "$program" exam check "$work/exam"
if [ -d "$out/export" ]; then
  # One candidate's question to the registry is open: a remark, exit 1.
  step "the desk's log holds" 1 "$program" verify "$out/export" --board-key "$out/board.vkey" --anchors "$out/anchors"
  cp "$work/the desk's log holds.txt" "$out/report.txt"
  cp -r "$out/export" "$work/altered" && printf 'x' >>"$(find "$work/altered" -path '*segments*' -type f | sort | head -n 1)"
  step "one byte more in it does not" 2 "$program" verify "$work/altered" --board-key "$out/board.vkey"
fi
all=$(wc -l <"$steps") good=$(awk -F'\t' '$3 == "ok"' "$steps" | wc -l)
echo "$good of $all as expected; pictures, log and report in $out"
[ "$good" -eq "$all" ]
