#!/usr/bin/env bash
# Installs what is missing from Debian's packages. Run as root or with sudo at hand.
# usage: packages.sh [build] [window] [headless] [reader] [keys] [package] [check]
set -euo pipefail

declare -A lists=(
  [build]="gcc pkg-config libpcsclite-dev"
  [window]="libgl1 libglx-mesa0 libgl1-mesa-dri libx11-6 libx11-xcb1 libxcursor1 libxi6 libxrandr2 libxkbcommon0 libxkbcommon-x11-0 alsa-utils"
  [headless]="xvfb xauth"
  [pictures]="xvfb xauth xdotool openbox scrot"
  [reader]="pcscd vsmartcard-vpcd iproute2 util-linux"
  [keys]="xdotool openbox ibus ibus-unikey dbus dbus-daemon"
  [package]="mmdebstrap imagemagick"
  [check]="openssl python3-minimal python3-venv golang-go golang-golang-x-mod-dev softhsm2 swtpm libtss2-dev libtss2-tcti-swtpm0"
)

missing=()
for group in "$@"; do
  for package in ${lists[$group]}; do
    dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'install ok installed' || missing+=("$package")
  done
done
[ ${#missing[@]} -eq 0 ] && exit 0

as_root=()
[ "$(id -u)" -eq 0 ] || as_root=(sudo)
echo "installing: ${missing[*]}"
"${as_root[@]}" apt-get update -qq
DEBIAN_FRONTEND=noninteractive "${as_root[@]}" apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
