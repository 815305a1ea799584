#!/usr/bin/env bash
# Goes through the board's window by real keys, and leaves a picture of every page. Wants a display of its own.
# usage: review.sh PICTURES PROGRAM review ARGUMENT…
set -euo pipefail
pictures=$1; shift
mkdir -p "$pictures"
openbox >/dev/null 2>&1 & manager=$!
"$@" & window=$!
trap 'kill "$window" "$manager" 2>/dev/null || :' EXIT
id=$(timeout 60 xdotool search --sync --onlyvisible --pid "$window" | tail -n 1)
xdotool windowactivate --sync "$id"

# picture NAME: taken when the window has stopped changing.
picture() {
  local last='' now
  for _ in $(seq 60); do
    sleep 0.3
    scrot --overwrite "$pictures/$1.png"
    now=$(cksum <"$pictures/$1.png")
    [ "$now" != "$last" ] || return 0
    last=$now
  done
  echo "$1 never came to rest" >&2; return 1
}

# page NAME KEY…: what the keys lead to.
page() { local name=$1; shift; xdotool key --window "$id" --delay 150 "$@"; picture "$name"; }

# What it reads stands in the overview when it is done.
picture overview
page rooms F6
page desks F7
page log Return
page people Escape F8
xdotool type --window "$id" --delay 60 '99000267'; picture person-found
page person Return
page cases Escape F9
page case Return
# The page on which a member writes; nothing is signed here.
page deciding F10
xdotool key --window "$id" Escape
[ "$(cksum "$pictures"/*.png | awk '{print $1}' | sort | uniq -d | wc -l)" -eq 0 ] || { echo 'two pages look the same' >&2; exit 1; }
echo "$(find "$pictures" -name '*.png' | wc -l) pictures in $pictures"
