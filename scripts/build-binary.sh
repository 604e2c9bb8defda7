#!/usr/bin/env bash
# npm run build:bin: makes dist/bin/tcompose (scripts/build-binary.mjs)
set -euo pipefail
cd "$(dirname "$0")/.."
source scripts/packages.sh
source scripts/dependencies.sh
ensure_dependencies
need strip:binutils
node scripts/build-binary.mjs
