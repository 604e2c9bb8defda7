#!/usr/bin/env bash
# Makes sure that a Docker Engine answers: the one of DOCKER_HOST or the default socket if there is one,
# otherwise Debian's docker.io, installed and started here. Says what it does; exit 1 when it cannot.
set -euo pipefail
cd "$(dirname "$0")/.."
source scripts/packages.sh

socket=/var/run/docker.sock
log=/var/log/tcompose-dockerd.log

# Whether an engine answers at the endpoint $1; as root when the socket is not ours to open.
answers() {
  case $1 in
    unix://*) as_root_if_needed "${1#unix://}" curl -fsS --max-time 5 --unix-socket "${1#unix://}" http://engine/_ping ;;
    tcp://*) curl -fsS --max-time 5 "http://${1#tcp://}/_ping" ;;
    *) return 1 ;;
  esac >/dev/null 2>&1
}

as_root_if_needed() {
  local path=$1
  shift
  if [ -w "$path" ] || [ ! -e "$path" ]; then "$@"; else as_root "$@"; fi
}

wait_until_it_answers() {
  local tries
  for tries in $(seq 1 300); do
    if answers "unix://$socket"; then return 0; fi
    if [ -n "${1:-}" ] && ! as_root kill -0 "$1" 2>/dev/null; then return 1; fi
    sleep 0.2
  done
  return 1
}

# dockerd by hand, for machines without systemd: in the background, with its own containerd.
start_by_hand() {
  as_root sh scripts/control-groups.sh
  as_root rm -f /var/run/docker.pid
  as_root sh -c 'setsid nohup dockerd "$@" >"$0" 2>&1 </dev/null & echo $! >"$0.pid"' "$log" "$@"
  wait_until_it_answers "$(cat "$log.pid")"
}

start() {
  if [ -d /run/systemd/system ]; then
    echo "starting Docker Engine (systemctl start docker)"
    as_root systemctl start docker && wait_until_it_answers && return 0
    as_root journalctl -u docker -n 20 --no-pager >&2
    return 1
  fi
  echo "starting Docker Engine (dockerd in the background, log in $log)"
  start_by_hand && return 0
  if as_root grep -qiE 'graphdriver|driver not supported' "$log"; then
    echo "its usual storage driver does not work here: trying vfs, which is slower"
    start_by_hand --storage-driver vfs && return 0
  fi
  if as_root grep -qi iptables "$log"; then
    echo "iptables does not work here: trying without; ports are forwarded by a proxy process then"
    start_by_hand --iptables=false --ip6tables=false && return 0
  fi
  as_root tail -n 20 "$log" >&2
  return 1
}

need curl:curl
if [ -n "${DOCKER_HOST:-}" ]; then
  if answers "$DOCKER_HOST"; then exit 0; fi
  echo "DOCKER_HOST=$DOCKER_HOST does not answer; unset it to have an engine installed here" >&2
  exit 1
fi
if answers "unix://$socket"; then exit 0; fi

packages=(dockerd:docker.io iptables:iptables setsid:util-linux)
if [ "$(cat /sys/module/apparmor/parameters/enabled 2>/dev/null)" = Y ]; then
  packages+=(apparmor_parser:apparmor)
fi
need "${packages[@]}"
if answers "unix://$socket" || start; then
  echo "Docker Engine answers at $socket"
else
  echo "Docker Engine did not start; the lines above say why" >&2
  exit 1
fi
