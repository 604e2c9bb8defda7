# Sourced by the other scripts, in the root of the checkout: installs the packages of package-lock.json
# unless node_modules has them already, and puts the project's own Node first in PATH.

ensure_dependencies() {
  if [ ! -x node_modules/node/bin/node ] || ! node scripts/dependencies-current.mjs; then
    if [ -L node_modules ]; then
      echo "node_modules is a link and lacks packages of package-lock.json: install them where it points" >&2
      return 1
    fi
    echo "installing dependencies"
    npm ci --no-audit --no-fund --loglevel=error
  fi
  export PATH="$PWD/node_modules/.bin:$PATH"
}
