#!/usr/bin/env bash
# npm run demo: from a fresh checkout to a page in the browser. Can be run again at any time.
set -euo pipefail
cd "$(dirname "$0")/.."
source scripts/packages.sh
source scripts/dependencies.sh

ensure_dependencies
node scripts/build.mjs
bash scripts/engine.sh
need busybox:busybox-static curl:curl

tcompose=("$PWD/bin/tcompose")
run=(env)
if [ -z "${DOCKER_HOST:-}" ] && [ ! -w /var/run/docker.sock ]; then
  echo "only root may talk to the engine here, so sudo does"
  run=(sudo env "PATH=$PATH")
fi

cd examples/hello
"${run[@]}" ./base-image.sh

# The port of a demo that already runs, else 8080 or the next free one.
if [ -z "${HELLO_PORT:-}" ]; then
  HELLO_PORT=$("${run[@]}" "${tcompose[@]}" ps --format json web 2>/dev/null |
    sed -n 's/.*"PublishedPort":\([1-9][0-9]*\).*/\1/p' | head -n 1)
  if [ -z "$HELLO_PORT" ]; then
    HELLO_PORT=8080
    while (exec 3<>"/dev/tcp/127.0.0.1/$HELLO_PORT") 2>/dev/null; do HELLO_PORT=$((HELLO_PORT + 1)); done
  fi
fi
export HELLO_PORT

"${run[@]}" HELLO_PORT="$HELLO_PORT" "${tcompose[@]}" up -d --wait --build --quiet-build

host=${DEMO_HOST:-localhost}
url=http://$host:$HELLO_PORT/
page=$(curl -fsS "$url")
grep -q 'has been visited' <<<"$page" || { echo "unexpected page at $url:" >&2; echo "$page" >&2; exit 1; }
visits=$(sed -n 's/.*<strong>\([0-9]*\)<.*/\1/p' <<<"$page")

echo
"${run[@]}" HELLO_PORT="$HELLO_PORT" "${tcompose[@]}" ps
cat <<MESSAGE

It runs: $url  (visits so far: $visits)

Try next, in examples/hello:
  ../../bin/tcompose logs -f                     what the services say
  ../../bin/tcompose up -d --scale api=3         three of a service
  GREETING=Moin ../../bin/tcompose plan          what a change would do, and why; then the same with up -d
  ../../bin/tcompose down                        stops it; the number of visits stays (down -v forgets it)
MESSAGE
