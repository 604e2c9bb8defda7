#!/usr/bin/env bash
# npm test: unit tests, then integration tests on a private Docker Engine of each supported generation
# (TCOMPOSE_TEST_ENGINE chooses one), then tests of machines on hosts in containers and emulated clouds. Installs
# what is missing first. The last line is the result.
set -uo pipefail
cd "$(dirname "$0")/.."
source scripts/packages.sh
source scripts/dependencies.sh

reports=.cache/reports
rm -rf "$reports"
mkdir -p "$reports"

prepare() {
  ensure_dependencies &&
    need curl:curl xz:xz-utils gpgv:gpgv busybox:busybox-static ip:iproute2 iptables:iptables \
      stty:coreutils unshare:util-linux setpriv:util-linux git:git script:bsdutils zsh:zsh fish:fish strip:binutils \
      mmdebstrap:mmdebstrap ssh:openssh-client &&
    node scripts/build-binary.mjs
}

suite() { # NAME ARGS...: one vitest run with its report
  local name=$1
  shift
  vitest run "$@" --reporter=default --reporter=json --outputFile.json="$reports/$name.json"
}

prepare || { echo "the tests could not be prepared" >&2; exit 1; }

suites=(unit)
suite unit --project unit
for engine in ${TCOMPOSE_TEST_ENGINE:-28 20.10}; do
  suites+=("integration-$engine")
  TCOMPOSE_TEST_ENGINE=$engine suite "integration-$engine" --project integration
done
suites+=(machines)
suite machines --project machines

node scripts/test-summary.mjs "$reports" "${suites[@]}"
