import { DOCKER_KEYS } from './openpgp-key.ts';
import { type Step, minute, writeStep } from './step.ts';

/** Nobody is there to answer questions, and nothing else is restarted on the way. */
const QUIET = [
  'env',
  'DEBIAN_FRONTEND=noninteractive',
  'DEBCONF_NONINTERACTIVE_SEEN=true',
  'NEEDRESTART_SUSPEND=1',
  'UCF_FORCE_CONFFOLD=1',
  'LC_ALL=C',
] as const;

/** Waits for whoever holds dpkg's lock, keeps files that the administrator changed. */
const APT = [
  ...QUIET,
  'apt-get',
  '-q',
  '-y',
  '-o',
  'DPkg::Lock::Timeout=300',
  '-o',
  'Dpkg::Use-Pty=0',
  '-o',
  'Dpkg::Options::=--force-confdef',
  '-o',
  'Dpkg::Options::=--force-confold',
  '-o',
  'Acquire::Retries=3',
] as const;

/** Refreshes apt's lists. Without descriptions in other languages it takes a third less. */
export function aptUpdate(): Step {
  return {
    kind: 'packages',
    title: 'refresh package lists',
    argv: [...APT, '-o', 'Acquire::Languages=none', 'update'],
    timeout: 5 * minute,
    changes: true,
  };
}

/** Installs packages with what they cannot do without, and never at the cost of others that are there. */
export function aptInstall(packages: readonly string[], options: readonly string[] = []): Step {
  return {
    kind: 'packages',
    title: `install ${packages.join(', ')}`,
    argv: [...APT, '--no-remove', '--no-install-recommends', ...options, 'install', ...packages],
    timeout: 20 * minute,
    changes: true,
  };
}

/** Lets dpkg finish what was interrupted, and apt bring what is missing for that. */
export function dpkgConfigure(): Step {
  const apt = APT.slice(QUIET.length).join(' ');
  // Whoever works with dpkg right now may be about to finish it.
  const script = `said=$(dpkg --force-confdef --force-confold --configure -a 2>&1); code=$?; echo "$said"
[ $code = 0 ] && exit
case "$said" in *'locked by another'*) exit $code;; esac
exec ${apt} -f install`;
  return {
    kind: 'packages',
    title: 'finish the interrupted installation',
    argv: [...QUIET, 'sh', '-c', script],
    timeout: 20 * minute,
    changes: true,
  };
}

/** Fetches a key to a file and prints it. apt's own helper knows the proxy and needs no curl. */
const FETCH_APT = `set -e
mkdir -p -m 0755 "\${2%/*}"
/usr/lib/apt/apt-helper -o Acquire::Retries=3 download-file "$1" "$2" >&2
chmod 0644 "$2"
cat "$2"`;

/** The same with dnf's proxy. */
const FETCH_RPM = `set -e
proxy=$(sed -n 's/^ *proxy *= *//p' /etc/dnf/dnf.conf /etc/yum.conf 2>/dev/null | head -n 1)
mkdir -p -m 0755 "\${2%/*}"
https_proxy=\${proxy:-$https_proxy} curl -fsSL --retry 3 -o "$2" "$1"
chmod 0644 "$2"
cat "$2"`;

/** Fetches the key of Docker's repository, which is only used when it is one of those that are trusted. */
function fetchKey(script: string, url: string, to: string, keys: readonly string[]): Step {
  return {
    kind: 'packages',
    title: "fetch the key of Docker's repository",
    argv: ['sh', '-c', script, 'key', url, to],
    timeout: 2 * minute,
    changes: true,
    keys,
    undo: [
      {
        kind: 'file',
        title: 'remove the key again',
        argv: ['rm', '-f', to],
        timeout: minute,
        changes: true,
      },
    ],
  };
}

/** Docker's key and repository for apt. */
export function aptRepository(
  folder: string,
  codename: string,
  keys: readonly string[] = DOCKER_KEYS.apt,
): readonly Step[] {
  const base = `https://download.docker.com/linux/${folder}`;
  const key = '/etc/apt/keyrings/docker.asc';
  return [
    fetchKey(FETCH_APT, `${base}/gpg`, key, keys),
    writeStep({
      title: "add Docker's repository",
      path: '/etc/apt/sources.list.d/docker.sources',
      content: `Types: deb\nURIs: ${base}\nSuites: ${codename}\nComponents: stable\nSigned-By: ${key}\n`,
      mode: '0644',
    }),
  ];
}

/** Docker's key and repository for dnf. */
export function dnfRepository(
  folder: string,
  keys: readonly string[] = DOCKER_KEYS.rpm,
): readonly Step[] {
  const base = `https://download.docker.com/linux/${folder}`;
  const key = '/etc/pki/rpm-gpg/docker.asc';
  return [
    fetchKey(FETCH_RPM, `${base}/gpg`, key, keys),
    writeStep({
      title: "add Docker's repository",
      path: '/etc/yum.repos.d/docker-ce.repo',
      content: [
        '[docker-ce-stable]',
        'name=Docker CE Stable - $basearch',
        `baseurl=${base}/$releasever/$basearch/stable`,
        'enabled=1',
        'gpgcheck=1',
        `gpgkey=file://${key}`,
        '',
      ].join('\n'),
      mode: '0644',
    }),
  ];
}

/** Installs packages on the Red Hat family; both tools wait for each other's locks. */
export function rpmInstall(tool: 'dnf' | 'yum', packages: readonly string[]): Step {
  const weak = tool === 'dnf' ? ['--setopt=install_weak_deps=False'] : [];
  return {
    kind: 'packages',
    title: `install ${packages.join(', ')}`,
    argv: ['env', 'LC_ALL=C', tool, '-y', ...weak, 'install', ...packages],
    timeout: 20 * minute,
    changes: true,
  };
}

/** Upgrades packages on the Red Hat family; those that are the newest stay. */
export function rpmUpgrade(tool: 'dnf' | 'yum', packages: readonly string[]): Step {
  return {
    kind: 'packages',
    title: `upgrade ${packages.join(', ')}`,
    argv: ['env', 'LC_ALL=C', tool, '-y', 'upgrade', ...packages],
    timeout: 20 * minute,
    changes: true,
  };
}

/** Amazon Linux 2 has the engine among its extras. */
export function extrasInstall(): Step {
  return {
    kind: 'packages',
    title: 'install docker',
    argv: ['env', 'LC_ALL=C', 'amazon-linux-extras', 'install', '-y', 'docker'],
    timeout: 20 * minute,
    changes: true,
  };
}
