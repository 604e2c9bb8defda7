#!/usr/bin/env bash
# npm run bench: compares tcompose with Docker Compose; `npm run bench -- --write` updates docs/benchmarks.md,
# `-- --only TEXT` runs only what has TEXT in its title. The machine should have nothing else to do.
set -euo pipefail
cd "$(dirname "$0")/.."
source scripts/packages.sh
source scripts/dependencies.sh
ensure_dependencies
need curl:curl xz:xz-utils gpgv:gpgv busybox:busybox-static strip:binutils ip:iproute2 iptables:iptables
[ -x /usr/bin/time ] || need no-time:time
node scripts/build-binary.mjs
node bench/main.ts "$@"
