#!/usr/bin/env bash
# Installs the package in a bare Debian 12 and starts the window from there, on a screen that nobody sees; then removes it
# again and looks whether the record is still there. Needs root (chroot) and mmdebstrap, xvfb, imagemagick.
# usage: deb_check.sh [OUT]   a picture of the window comes to OUT/window.png
set -euo pipefail
cd "$(dirname "$0")/../.."
target=${CARGO_TARGET_DIR:-target}
out=${1:-$target/deb}
mirror=${MIRROR:-http://deb.debian.org/debian}
package=$(ls "$target"/deb/diemdanh_*.deb)
[ "$(id -u)" -eq 0 ] || { echo "deb_check.sh: needs root for a chroot" >&2; exit 77; }
for need in mmdebstrap Xvfb import identify; do
  command -v "$need" >/dev/null || { echo "deb_check.sh: $need is not there" >&2; exit 77; }
done

work=$(mktemp -d)
root=$work/root
processes=()
cleanup() {
  for process in "${processes[@]}"; do kill "$process" 2>/dev/null || true; done
  for place in proc dev; do mountpoint -q "$root/$place" && umount -l "$root/$place"; done
  rm -rf --one-file-system "$work"
}
trap cleanup EXIT

echo "== a bare Debian 12"
mmdebstrap --quiet --variant=minbase --skip=cleanup/apt/lists bookworm "$root" "$mirror"
mount -t proc proc "$root/proc"
mount --bind /dev "$root/dev"
cp "$package" "$root/tmp/diemdanh.deb"
inside() { chroot "$root" /usr/bin/env DEBIAN_FRONTEND=noninteractive PATH=/usr/sbin:/usr/bin:/sbin:/bin "$@"; }

echo "== installed with what it depends on, and nothing else"
inside apt-get install -y -qq --no-install-recommends /tmp/diemdanh.deb >/dev/null
inside dpkg-query -W -f '${Package} ${Version} ${Status}\n' diemdanh
inside ldd /usr/bin/diemdanh | { ! grep 'not found'; }
[ "$(stat -c %a "$root/var/lib/diemdanh")" = 2770 ]
for part in etc/diemdanh/desk.toml usr/lib/systemd/user/diemdanh.service usr/share/applications/diemdanh.desktop \
  usr/share/icons/hicolor/scalable/apps/diemdanh.svg usr/share/doc/diemdanh/copyright usr/share/doc/diemdanh/desk.toml; do
  [ -s "$root/$part" ] || { echo "deb_check.sh: $part is not there" >&2; exit 1; }
done
grep -qx /etc/diemdanh/desk.toml "$root/var/lib/dpkg/info/diemdanh.conffiles"
inside useradd --create-home --groups diemdanh nguoitruc

echo "== the window"
display=:$((RANDOM % 400 + 100))
Xvfb "$display" -ac -screen 0 1280x800x24 -nolisten tcp >"$work/xvfb.log" 2>&1 &
processes+=($!)
mkdir -p "$root/tmp/.X11-unix"
for _ in $(seq 50); do [ -S "/tmp/.X11-unix/X${display#:}" ] && break; sleep 0.1; done
mount --bind /tmp/.X11-unix "$root/tmp/.X11-unix"
inside su nguoitruc -c "DISPLAY=$display LIBGL_ALWAYS_SOFTWARE=1 exec diemdanh --config /etc/diemdanh/desk.toml" \
  >"$work/desk.log" 2>&1 &
desk=$!
processes+=("$desk")
colours=0
for _ in $(seq 60); do
  sleep 0.5
  kill -0 "$desk" 2>/dev/null || break
  DISPLAY=$display import -window root "$work/window.png" 2>/dev/null || continue
  colours=$(identify -format %k "$work/window.png")
  [ "$colours" -gt 50 ] && break
done
umount -l "$root/tmp/.X11-unix"
mkdir -p "$out"
[ ! -f "$work/window.png" ] || cp "$work/window.png" "$out/window.png"
if ! kill -0 "$desk" 2>/dev/null || [ "$colours" -le 50 ]; then
  cat "$work/desk.log" >&2
  echo "deb_check.sh: no window came ($colours colours)" >&2
  exit 1
fi
echo "a window of $colours colours: $out/window.png"
kill "$desk" 2>/dev/null || true
wait "$desk" 2>/dev/null || true

echo "== installed again, removed and purged: the record stays, and what was changed in the configuration until the purge"
mkdir -p "$root/var/lib/diemdanh/journal"
echo entry >"$root/var/lib/diemdanh/journal/001.seg"
echo '# ours' >>"$root/etc/diemdanh/desk.toml"
is_kept() { [ "$(cat "$root/var/lib/diemdanh/journal/001.seg")" = entry ]; }
inside apt-get install -y -qq --reinstall --no-install-recommends /tmp/diemdanh.deb >/dev/null
is_kept
grep -qx '# ours' "$root/etc/diemdanh/desk.toml"
inside apt-get remove -y -qq diemdanh >/dev/null
[ ! -e "$root/usr/bin/diemdanh" ]
is_kept
grep -qx '# ours' "$root/etc/diemdanh/desk.toml"
inside apt-get purge -y -qq diemdanh >/dev/null
[ ! -e "$root/etc/diemdanh/desk.toml" ]
is_kept
echo "good: $(basename "$package")"
