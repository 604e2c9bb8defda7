#!/usr/bin/env bash
# Makes the image that this example builds on from this computer's static busybox, so that no registry
# is needed. Does nothing when the image is there already. Needs: busybox-static, curl, tar.
#
#     ./base-image.sh            on the engine that DOCKER_HOST names, or the local one
#     ./base-image.sh MACHINE    on the engine of a machine of tcompose
set -euo pipefail

image=tcompose-demo/base
endpoint=${DOCKER_HOST:-unix:///var/run/docker.sock}
machine=${1:-}
# What `tcompose machine use` has set up in this shell.
case $endpoint in ssh://*) machine=${machine:-${DOCKER_MACHINE_NAME:-}} ;; esac

there() { "${engine[@]}" "$url/images/$image/json" 2>/dev/null; }
import() {
  "${engine[@]}" -X POST -H 'Content-Type: application/x-tar' --data-binary @- \
    "$url/images/create?fromSrc=-&repo=$image&tag=latest&changes=ENV%20PATH%3D%2Fbin"
}
if [ -n "$machine" ]; then
  tcompose=$(command -v tcompose || echo "$(dirname "$0")/../../bin/tcompose")
  there() { "$tcompose" machine ssh "$machine" "docker image inspect $image >/dev/null 2>&1"; }
  import() { "$tcompose" machine ssh "$machine" "docker import -c 'ENV PATH=/bin' - $image >/dev/null"; }
else
  case $endpoint in
    unix://*) engine=(curl -fsS --unix-socket "${endpoint#unix://}" -o /dev/null) url=http://engine ;;
    tcp://*) engine=(curl -fsS -o /dev/null) url=http://${endpoint#tcp://} ;;
    *)
      echo "base-image.sh: cannot reach the engine at $endpoint; for a machine: ./base-image.sh MACHINE" >&2
      exit 1
      ;;
  esac
fi
if there; then exit 0; fi

busybox=$(command -v busybox) || { echo "base-image.sh: install the package busybox-static" >&2; exit 1; }
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
mkdir -p "$root"/{bin,etc,root,srv,tmp,data}
chmod 1777 "$root/tmp"
cp -L "$busybox" "$root/bin/busybox"
for applet in $("$busybox" --list); do
  [ "$applet" = busybox ] || ln -s busybox "$root/bin/$applet"
done
echo 'root:x:0:0::/root:/bin/sh' >"$root/etc/passwd"
echo 'root:x:0:' >"$root/etc/group"
tar -C "$root" --owner=0 --group=0 --numeric-owner -c . | import
