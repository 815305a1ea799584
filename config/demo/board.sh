#!/usr/bin/env bash
# The board's half of the demo: a list with a real one's troubles becomes an exam, and the log that the desk's half left
# is checked. Each step is one line; the last line counts them, the desk's with them.
# usage: board.sh PROGRAM OUT
set -uo pipefail
program=$1 out=$2
work=$out/board
rm -rf "$work" && mkdir -p "$work" "$out"
# The key of the review's index is the demo's own: nothing is left in anybody's home.
XDG_STATE_HOME=$(cd "$work" && pwd)/state
export XDG_STATE_HOME
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
if [ -d "$out/export-2" ]; then
  rm -rf "$out/review" "$out/papers" && cp -r "$out/exam" "$work/day"
  exam=$work/day keys=(--board-key "$out/board.vkey" --anchors "$out/anchors") pass=(--passphrase-file "$out/passphrase")
  step "both desks' logs come in" 0 "$program" exam receive "$exam" "$out/export" "$out/export-2" "${keys[@]}"
  step "no log is missing" 0 "$program" exam missing "$exam" "${keys[@]}"
  step "what follows from both" 0 "$program" exam review "$exam" "${keys[@]}" --rooms --cases
  for member in hd-01 hd-02; do
    "$program" key new --out "$work/$member" --board hoidong.example --desk "$member" "${pass[@]}" >/dev/null 2>&1
    step "$member is a member of the board" 0 "$program" exam member "$exam" "$member" --member "$work/$member/device.vkey" --key "$out/board.key" "${pass[@]}"
  done
  "$program" exam review "$exam" "${keys[@]}" --json >"$work/review.json" 2>/dev/null
  case=$(tr -d ' \n' <"$work/review.json" | grep -o '"id":"[^"]*","rule":"sitting.twice"' | head -n 1 | cut -d'"' -f4)
  step "two of them decide on who came in twice" 0 "$program" exam decide "$exam" "$case" "${keys[@]}" --state decided \
    --ruling one-is-mistaken --reason "Bàn 2 quét nhầm thẻ; biên bản số 1" \
    --key "$work/hd-01/device.key" "${pass[@]}" --with "$work/hd-02/device.key" --with-passphrase-file "$out/passphrase"
  if command -v xvfb-run scrot xdotool openbox >/dev/null; then
    step "every page of the board's window" 0 xvfb-run -a -s "-screen 0 1280x800x24" \
      config/demo/review.sh "$out/review" "$program" review "$exam" "${keys[@]}"
  fi
  step "lists and papers" 0 "$program" exam report "$exam" "${keys[@]}" --into "$out/papers"
fi
all=$(wc -l <"$steps") good=$(awk -F'\t' '$3 == "ok"' "$steps" | wc -l)
echo "$good of $all as expected; pictures, log and report in $out"
[ "$good" -eq "$all" ]
