#!/usr/bin/env bash
# Runs one command with a real pcscd and a virtual reader of its own: the daemon's socket and the reader's TCP
# ports live in a user, mount and network namespace, so rigs run side by side and nothing listens outside.
# The command sees the reader "Virtual PCD 00 00"; a card connects to 127.0.0.1:35963 inside.
# usage: pcsc_rig.sh COMMAND [ARG...]
# exit 77: the rig cannot be set up on this machine (no daemon, no virtual reader, no namespaces)
set -u
for need in pcscd unshare ip; do
  command -v "$need" >/dev/null || { echo "rig: $need is not installed" >&2; exit 77; }
done
[ -e /usr/lib/pcsc/drivers/serial/libifdvpcd.so ] || ls /usr/lib/*/libifdvpcd.so* /usr/lib/pcsc/drivers/*/libifdvpcd* >/dev/null 2>&1 \
  || { echo "rig: the virtual reader's driver is not installed" >&2; exit 77; }
unshare -Urmn true 2>/dev/null || { echo "rig: no namespaces for us" >&2; exit 77; }

exec unshare -Urmn --kill-child bash -c '
  mount -t tmpfs tmpfs /run && mkdir /run/pcscd && ip link set lo up || exit 77
  pcscd --foreground --error >/run/pcscd/log 2>&1 &
  daemon=$!
  for _ in $(seq 100); do [ -S /run/pcscd/pcscd.comm ] && break; sleep 0.05; done
  [ -S /run/pcscd/pcscd.comm ] || { cat /run/pcscd/log >&2; exit 77; }
  export RIG_PCSCD_PID=$daemon
  "$@"
  status=$?
  kill $daemon 2>/dev/null
  wait $daemon 2>/dev/null
  exit $status' pcsc_rig "$@"
