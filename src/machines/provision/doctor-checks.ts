import { DAEMON_JSON, mergeDaemonJson } from './daemon-json.ts';
import { exposedUnit } from './docker-machine-unit.ts';
import type { HostFacts, RootlessFacts } from './facts.ts';
import { findReason, relevantJournal } from './failure.ts';
import { rootRefusal } from './root-access.ts';
import { findSystem } from './systems.ts';
import { compareVersions } from './versions.ts';

export type CheckStatus = 'ok' | 'warn' | 'fail' | 'skip';

/** One thing that was looked at. */
export interface DoctorCheck {
  /** For programs: `engine-api`. */
  readonly id: string;
  /** For people: `engine answers through SSH`. */
  readonly title: string;
  readonly status: CheckStatus;
  /** What was found. */
  readonly detail: string;
  /** What to do about it. */
  readonly advice?: string;
}

/** What was found on a host. */
export interface DoctorData {
  readonly machine: string;
  readonly facts: HostFacts;
  /** Sections that only the doctor asks for. */
  readonly sections: ReadonlyMap<string, string>;
  /** Seconds since the epoch by this computer's clock. */
  readonly now: number;
  /** What the engine answered through the connection, or why it did not. */
  readonly api: { readonly version: string } | { readonly fault: string };
  /** Port on which the engine is exposed with TLS on purpose. */
  readonly tlsPort: number | undefined;
}

type Found = Omit<DoctorCheck, 'id' | 'title'>;

const ok = (detail: string): Found => ({ status: 'ok', detail });
const warn = (detail: string, advice: string): Found => ({ status: 'warn', detail, advice });
const bad = (detail: string, advice: string): Found => ({ status: 'fail', detail, advice });
const skip = (detail: string): Found => ({ status: 'skip', detail });

/** Checks of a host that SSH reaches, in the order in which one thing needs the other. */
export const HOST_CHECKS: readonly {
  readonly id: string;
  readonly title: string;
  readonly check: (data: DoctorData) => Found;
}[] = [
  { id: 'sudo', title: "root's rights", check: checkRoot },
  { id: 'system', title: 'operating system', check: checkSystem },
  { id: 'cloud-init', title: 'cloud-init', check: checkCloudInit },
  { id: 'disk', title: 'free disk space', check: checkDisk },
  { id: 'memory', title: 'memory', check: checkMemory },
  { id: 'time', title: 'clock', check: checkTime },
  { id: 'packages', title: 'package manager', check: checkPackages },
  { id: 'engine', title: 'engine', check: checkEngine },
  { id: 'daemon-json', title: 'configuration of the engine', check: checkDaemonJson },
  { id: 'socket', title: "right to the engine's socket", check: checkSocket },
  { id: 'engine-api', title: 'engine answers through SSH', check: checkApi },
  { id: 'ports', title: 'engine is not open to the world', check: checkPorts },
  { id: 'reboot', title: 'no reboot is due', check: checkReboot },
  { id: 'updates', title: 'security updates', check: checkUpdates },
];

function checkRoot({ facts }: DoctorData): Found {
  const refusal = rootRefusal(facts);
  if (refusal === undefined) return ok(facts.root === 'root' ? 'is root' : `${facts.user} by sudo`);
  return warn(refusal.message, refusal.hint);
}

function checkSystem({ facts }: DoctorData): Found {
  const system = findSystem(facts);
  const title = `${facts.os.title}, ${facts.architecture}`;
  if (system.ok) return ok(title);
  return warn(`${title}: ${system.error.message}`, system.error.hint);
}

function checkCloudInit({ facts }: DoctorData): Found {
  switch (facts.cloudInit) {
    case 'none':
      return ok('is not there');
    case 'done':
      return ok('has ended without errors');
    case 'running':
      return warn('is still at work', 'wait for it: `cloud-init status --wait` on the host');
    case 'error':
      return warn(
        `had errors: ${facts.cloudInitErrors.join('; ')}`,
        'see /var/log/cloud-init-output.log on the host',
      );
  }
}

const GIB = 1024 ** 3;

function gigabytes(bytes: number): string {
  return `${(bytes / GIB).toFixed(1)} GiB`;
}

function checkDisk({ facts }: DoctorData): Found {
  const least = facts.disks.toSorted((left, right) => left.freeBytes - right.freeBytes)[0];
  if (least === undefined) return skip('unknown');
  const detail = `${gigabytes(least.freeBytes)} free on ${least.mount}`;
  const advice = '`docker system df` on the host shows what images and containers take';
  if (least.freeBytes < GIB / 5) return bad(detail, advice);
  return least.freeBytes < 2 * GIB ? warn(detail, advice) : ok(detail);
}

function checkMemory({ facts }: DoctorData): Found {
  const swap = facts.swapBytes === 0 ? 'no swap' : `${gigabytes(facts.swapBytes)} swap`;
  const detail = `${gigabytes(facts.memoryBytes)}, ${swap}`;
  return facts.memoryBytes < 0.9 * GIB && facts.swapBytes === 0
    ? warn(detail, 'add swap, or take a larger host: the first memory peak ends something')
    : ok(detail);
}

function checkTime({ facts, now }: DoctorData): Found {
  const skew = Math.round(facts.time - now);
  const detail = `${Math.abs(skew)} s ${skew < 0 ? 'behind' : 'ahead of'} this computer`;
  const advice = '`timedatectl set-ntp true` on the host';
  if (Math.abs(skew) > 300) return bad(detail, advice);
  return Math.abs(skew) > 10 ? warn(detail, advice) : ok(detail);
}

function checkPackages({ facts }: DoctorData): Found {
  if (facts.interrupted) {
    return bad(
      'an installation goes on or was interrupted',
      'if none goes on: `dpkg --configure -a` on the host, as root',
    );
  }
  return ok(facts.packager ?? 'none is known');
}

function checkEngine({ facts, sections }: DoctorData): Found {
  const { engine, rootless } = facts;
  if (engine?.running !== true && rootless !== undefined) return rootlessEngine(facts, rootless);
  if (engine === undefined) return bad('there is none', 'tcompose machine provision');
  if (!engine.running) {
    const journal = relevantJournal(sections.get('journal') ?? '');
    const reason =
      findReason(sections.get('validation') ?? '')?.summary ??
      findReason(journal)?.summary ??
      journal.trim().split('\n').at(-1) ??
      '';
    return bad(
      `does not run${reason === '' ? '' : `: ${reason}`}`,
      '`journalctl -u docker` on the host, or tcompose machine provision',
    );
  }
  const detail = `Docker ${engine.version}${engine.owner === undefined ? '' : ` (${engine.owner})`}`;
  if (compareVersions(engine.version, '20.10') < 0) {
    return bad(`${detail} is older than 20.10`, 'tcompose machine upgrade');
  }
  if (!engine.enabled) {
    return warn(`${detail} does not start at boot`, '`systemctl enable docker` on the host');
  }
  return ok(detail);
}

function rootlessEngine({ user }: HostFacts, { socket, version, lingers }: RootlessFacts): Found {
  const detail = `Docker ${version || 'of unknown version'} of ${user}, without root (${socket})`;
  return lingers
    ? ok(detail)
    : warn(
        `${detail} ends with the last session of ${user}`,
        `as root on the host: loginctl enable-linger ${user}`,
      );
}

function checkDaemonJson({ facts, sections }: DoctorData): Found {
  if (facts.daemonJson === undefined) return ok(`there is no ${DAEMON_JSON}`);
  const merged = mergeDaemonJson(facts.daemonJson, {}, {});
  if (!merged.ok) return bad(merged.error, 'correct the file on the host');
  const fault = (sections.get('validation') ?? '').trim();
  if (fault !== '') return bad(findReason(fault)?.summary ?? fault, 'correct the file on the host');
  return ok(`${DAEMON_JSON} is valid`);
}

function checkSocket(data: DoctorData): Found {
  const { facts } = data;
  if (facts.engine?.running !== true && facts.rootless !== undefined) {
    return ok(`${facts.user} uses their own, ${facts.rootless.socket}`);
  }
  if (facts.engine?.running !== true) return skip('the engine does not run');
  if (facts.root === 'root') return ok('root may use it');
  const { group, allowed } = socketRight(data);
  if (allowed) return ok(`${facts.user} is in the group ${group}`);
  return bad(
    `${facts.user} may not use /var/run/docker.sock`,
    `as root on the host: usermod -aG ${group || 'docker'} ${facts.user}, then connect again`,
  );
}

/** Whether the user may talk to the engine, and the group that may. */
function socketRight({ facts, sections }: DoctorData): { group: string; allowed: boolean } {
  const [mode = '', , group = ''] = (sections.get('docker-socket') ?? '').trim().split(' ');
  const member = /^.?66/.test(mode) && facts.groups.includes(group);
  return { group, allowed: facts.root === 'root' || member };
}

const FORWARDS = 'sshd of the host has to allow forwards (AllowStreamLocalForwarding yes)';

function checkApi(data: DoctorData): Found {
  const { api, facts } = data;
  if ('version' in api) return ok(`API ${api.version}`);
  if (facts.engine?.running !== true) {
    return facts.rootless === undefined
      ? skip('the engine does not run')
      : bad(api.fault, FORWARDS);
  }
  if (!socketRight(data).allowed) return skip(`${facts.user} may not use its socket`);
  return bad(api.fault, FORWARDS);
}

/** Ports that engines are exposed on by custom: without, and with TLS. */
const PORTS: readonly number[] = [2375, 2376];

function checkPorts({ sections, facts, tlsPort, machine }: DoctorData): Found {
  const open = publicPorts(sections.get('listening') ?? '');
  const old = exposedUnit(facts);
  const close = `close it, as SSH needs none: tcompose machine provision --engine-tls=false ${machine}`;
  const others = PORTS.filter((port) => port !== tlsPort && port !== old?.port);
  const exposed = others.filter((port) => open.has(port));
  if (exposed.length === 0 && old !== undefined && old.port !== tlsPort && open.has(old.port)) {
    return bad(`port ${old.port} of the engine is open, as docker-machine left it`, close);
  }
  if (exposed.length > 0) {
    return bad(
      `port ${exposed.join(' and ')} of the engine listens on public addresses`,
      'whoever reaches it may be root on the host: take -H tcp:// out of its unit, or `hosts` out of daemon.json; SSH needs neither',
    );
  }
  if (tlsPort !== undefined && open.has(tlsPort)) {
    return warn(
      `port ${tlsPort} listens with TLS on all addresses, as ${old?.port === tlsPort ? 'docker-machine left it' : 'asked for'}`,
      `let only those through that need it, in the firewall; or ${close}`,
    );
  }
  return ok('neither 2375 nor 2376 listens on public addresses');
}

/** As /proc/net has them: 127.0.0.0/8, ::1, and the first one in the form of IPv6. */
const LOOPBACK = /^.{6}7F$|^0{24}01000000$|^0{16}FFFF0000.{6}7F$/;

/** Ports that listen on other addresses than loopback, from `ss` or from /proc/net/tcp. */
export function publicPorts(text: string): ReadonlySet<number> {
  const ports = new Set<number>();
  for (const line of text.split('\n').map((part) => part.trim())) {
    const raw = /^hex ([0-9A-F]+):([0-9A-F]{4})$/.exec(line);
    if (raw !== null) {
      const [, address = '', port = ''] = raw;
      if (!LOOPBACK.test(address)) ports.add(Number.parseInt(port, 16));
      continue;
    }
    const match = /^(.+):(\d+)$/.exec(line);
    if (match === null) continue;
    const address = (match[1] ?? '').replace(/^\[|\](?:%.*)?$/g, '');
    if (!/^127\.|^::1$|^::ffff:127\./.test(address)) ports.add(Number(match[2]));
  }
  return ports;
}

function checkReboot({ sections }: DoctorData): Found {
  const wanted = (sections.get('reboot') ?? '').trim();
  if (wanted === '') return ok('none is');
  const packages = [...new Set(wanted.split('\n').filter((line) => line !== 'yes'))];
  const why = packages.length === 0 ? '' : ` for ${packages.join(', ')}`;
  return warn(`the host waits for a reboot${why}`, 'tcompose machine restart');
}

function checkUpdates({ sections, facts }: DoctorData): Found {
  const units = (sections.get('updates') ?? '').trim().split('\n').filter(Boolean);
  if (
    units.includes('unattended-upgrades.service') ||
    units.some((unit) => unit.startsWith('dnf'))
  ) {
    return ok(`come by themselves (${units[0]})`);
  }
  const advice =
    facts.packager === 'apt-get'
      ? '`apt-get install unattended-upgrades` on the host'
      : '`dnf install dnf-automatic` on the host';
  return warn('have to be installed by hand', advice);
}
