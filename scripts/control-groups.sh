#!/bin/sh
# Mounts the kernel's control groups where nothing has (machines without systemd): dockerd needs them.
# Version 2, unless its controllers are bound to version 1 hierarchies.
set -e
folder=/sys/fs/cgroup
if grep -qE "^[^ ]+ $folder(/[^ ]*)? cgroup2? " /proc/mounts; then exit 0; fi

if mount -t cgroup2 none "$folder"; then
  if grep -qw memory "$folder/cgroup.controllers"; then exit 0; fi
  umount "$folder"
fi
mount -t tmpfs -o mode=755 cgroup "$folder"
while read -r controller _ _ enabled; do
  if [ "$enabled" = 1 ]; then
    mkdir -p "$folder/$controller"
    mount -t cgroup -o "$controller" cgroup "$folder/$controller" || rmdir "$folder/$controller"
  fi
done </proc/cgroups
