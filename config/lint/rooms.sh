#!/usr/bin/env bash
# Draws the house as it is: each room with its lines of Rust and the rooms that it uses, as their manifests say, in the
# order of the workspace.
# usage: rooms.sh   (make rooms)
set -euo pipefail
cd "$(dirname "$0")/../.."

lines() { find "$1" -name '*.rs' -not -path "$1/*/Cargo.toml" "${@:2}" -exec cat {} + | wc -l; }
folders=$(sed -n '/^members = \[/,/^\]/s/^ *"\(.*\)",$/\1/p' Cargo.toml)
rooms=$(for folder in $folders; do basename "$folder"; done)
echo "| Room | lines | uses |"
echo "|---|---|---|"
for folder in $folders; do
  below=()
  [ "$folder" != src/lab ] || below=(-not -path 'src/lab/face/*' -not -path 'src/lab/sample/*' -not -path 'src/lab/played/*')
  uses=$(awk '/^\[/ { inside = $0 == "[dependencies]" } inside && sub(/\.workspace = true/, "")' "$folder/Cargo.toml")
  uses=$(echo "$uses" | grep -Fx "$rooms" | sort | paste -sd, | sed 's/,/, /g' || true)
  echo "| ${folder#src/} | $(lines "$folder" "${below[@]}") | ${uses:-–} |"
done
