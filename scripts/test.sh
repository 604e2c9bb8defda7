#!/usr/bin/env bash
# npm test: unit tests, then integration tests on a private Docker Engine of each supported generation
# (TCOMPOSE_TEST_ENGINE chooses one), then tests of machines on hosts in containers and emulated clouds. Installs
# what is missing first. A few files that fail on engines and hosts are run once more: what passes then is told as
# unsteady, and has to be looked into. The last line is the result.
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

suite() { # NAME ARGS...: one vitest run with its report, and how it ended
  local name=$1 status
  shift
  vitest run "$@" --reporter=default --reporter=json --outputFile.json="$reports/$name.json"
  status=$?
  echo "$status" >"$reports/$name.status"
  return "$status"
}

steadily() { # NAME ARGS...: a suite, and once more those of its files that failed
  local name=$1 files
  shift
  suite "$name" "$@" && return
  mapfile -t files < <(node scripts/test-failed-files.mjs "$reports" "$name")
  [ ${#files[@]} -eq 0 ] && return
  printf '\nrunning again: %s\n' "${files[*]}"
  suite "$name-again" "$@" "${files[@]}"
}

prepare || { echo "the tests could not be prepared" >&2; exit 1; }

suites=(unit)
suite unit --project unit
for engine in ${TCOMPOSE_TEST_ENGINE:-28 20.10}; do
  suites+=("integration-$engine")
  TCOMPOSE_TEST_ENGINE=$engine steadily "integration-$engine" --project integration
done
suites+=(machines)
steadily machines --project machines

node scripts/test-summary.mjs "$reports" "${suites[@]}"
