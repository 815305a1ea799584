#!/usr/bin/env bash
# Builds the desk's package for Debian 12 into target/deb. cargo-deb is pinned and built once into the target folder.
# usage: deb.sh [PROFILE]   release, or a profile of your own; cargo-deb packs no dev builds
set -euo pipefail
cd "$(dirname "$0")/../.."
profile=${1:-release}
target=${CARGO_TARGET_DIR:-target}
tools=$target/tools
DEB=3.8.0

if ! "$tools/bin/cargo-deb" --version 2>/dev/null | grep -qF "$DEB"; then
  cargo install cargo-deb --version "$DEB" --locked --debug --quiet --root "$tools" --target-dir "$tools/build"
fi
mkdir -p "$target/deb"
rm -f "$target"/deb/diemdanh_*.deb
cargo build --locked --profile "$profile" -p diemdanh-kiosk
"$tools/bin/cargo-deb" --no-build --profile "$profile" -p diemdanh-kiosk --output "$target/deb/"
dpkg-deb --info "$target"/deb/diemdanh_*.deb
dpkg-deb --contents "$target"/deb/diemdanh_*.deb
