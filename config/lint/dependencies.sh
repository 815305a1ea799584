#!/usr/bin/env bash
# What the house is built from: licences, sources and bans (cargo-deny), and nothing that nobody uses (cargo-machete). Both
# are pinned, and built once into the target folder.
set -euo pipefail
cd "$(dirname "$0")/../.."
tools=${CARGO_TARGET_DIR:-target}/tools
DENY=0.20.2
MACHETE=0.9.2

have() { "$tools/bin/$1" --version 2>/dev/null | grep -qF " $2"; }
install() {
  have "$1" "$2" || cargo install "$1" --version "$2" --locked --debug --quiet --root "$tools" --target-dir "$tools/build"
}

install cargo-deny "$DENY"
install cargo-machete "$MACHETE"
"$tools/bin/cargo-deny" --all-features --config config/lint/deny.toml check bans licenses sources
"$tools/bin/cargo-machete" .
