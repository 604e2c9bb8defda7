/** Root file systems of test hosts: a small Debian with systemd and sshd, built once and kept in the cache. */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { succeedAsRoot } from './command.ts';
import { cache, debianMirror, unpackPackage } from './debian.ts';

/** The Debian releases that test hosts run. */
export type HostRelease = 'bookworm' | 'trixie';

/** What every host has; `docker.io` can be installed in it with apt. */
const packages = [
  'systemd',
  'systemd-sysv',
  'dbus',
  'openssh-server',
  'iproute2',
  'iptables',
  'procps',
  'sudo',
  'ca-certificates',
  'kmod',
  'curl',
  'gpgv',
  'debian-archive-keyring',
];

/** Docker Engine of the distribution with its command-line tool. */
export const enginePackages: Readonly<Record<HostRelease, readonly string[]>> = {
  bookworm: ['docker.io'],
  trixie: ['docker.io', 'docker-cli'],
};

/** Services that a container cannot have or that only take time; nothing that a cloud image is used for. */
const masked = [
  'systemd-udevd.service',
  'systemd-udevd-kernel.socket',
  'systemd-udevd-control.socket',
  'systemd-udev-trigger.service',
  'getty.target',
  'console-getty.service',
  'systemd-logind.service',
  'apt-daily.timer',
  'apt-daily-upgrade.timer',
  'e2scrub_all.timer',
  'fstrim.timer',
  'dpkg-db-backup.timer',
];

/** What makes a package tree a host image: no identity of its own, root let in with keys. */
const customize = [
  'rm -f "$1"/etc/ssh/ssh_host_* "$1"/etc/docker/key.json',
  ': >"$1"/etc/machine-id',
  'mkdir -p "$1"/root/.ssh && chmod 700 "$1"/root/.ssh',
  `for unit in ${masked.join(' ')}; do ln -sf /dev/null "$1"/etc/systemd/system/$unit; done`,
  'printf "ForwardToConsole=no\\nStorage=volatile\\n" >>"$1"/etc/systemd/journald.conf',
];

/**
 * The archive of a host's root file system, with more packages when asked for. Made when the cache does not have it,
 * which takes half a minute; processes that want the same one wait for each other.
 */
export async function hostArchive(
  release: HostRelease,
  more: readonly string[] = [],
): Promise<{ readonly name: string; readonly archive: string }> {
  const included = [...packages, ...more];
  const recipe = JSON.stringify([release, included, customize]);
  const digest = createHash('sha256').update(recipe).digest('hex').slice(0, 12);
  const folder = join(cache, 'hosts');
  mkdirSync(folder, { recursive: true });
  const archive = join(folder, `${release}-${digest}.tar`);
  const name = `test-host-${release}:${digest}`;
  if (existsSync(archive)) return { name, archive };
  const { root } = await unpackPackage('bookworm', 'mmdebstrap');
  const build = [
    'perl',
    join(root, 'usr/bin/mmdebstrap'),
    '--quiet',
    '--mode=root',
    '--format=tar',
    '--variant=apt',
    `--include=${included.join(',')}`,
    ...customize.map((hook) => `--customize-hook=${hook}`),
    release,
    `${archive}.new`,
    await debianMirror(),
  ];
  await succeedAsRoot([
    'flock',
    `${archive}.lock`,
    'sh',
    '-c',
    '[ -e "$0" ] || { rm -f "$0.new"; "$@" && mv "$0.new" "$0"; }',
    archive,
    ...build,
  ]);
  return { name, archive };
}
