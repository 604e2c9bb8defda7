#!/usr/bin/env bash
# Removes what `npm run demo` started, its data and images included, and ends an engine that was started
# by hand for it.
set -euo pipefail
cd "$(dirname "$0")/.."
source scripts/packages.sh
source scripts/dependencies.sh
ensure_dependencies

run=(env)
if [ -z "${DOCKER_HOST:-}" ] && [ ! -w /var/run/docker.sock ]; then run=(sudo env "PATH=$PATH"); fi
(cd examples/hello && "${run[@]}" ../../bin/tcompose down --volumes --rmi all)

pidfile=/var/log/tcompose-dockerd.log.pid
if [ -f "$pidfile" ]; then
  pid=$(cat "$pidfile")
  if [ "$(cat "/proc/$pid/comm" 2>/dev/null)" = dockerd ]; then
    echo "stopping the Docker Engine that was started for the demo"
    as_root kill "$pid"
    while [ -d "/proc/$pid" ]; do sleep 0.1; done
  fi
  as_root rm -f "$pidfile"
fi
