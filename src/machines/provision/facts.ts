/** Who the user is on the host as far as root's rights go. */
export type RootAccess =
  /** Is root. */
  | 'root'
  /** sudo without password. */
  | 'sudo'
  /** sudo asks for a password, or may not be used without a terminal. */
  | 'password'
  | 'needs-tty'
  | 'denied'
  | 'no-sudo';

/** An engine that is on the host, running or not. */
export interface EngineFacts {
  /** Path of dockerd. */
  readonly path: string;
  /** `28.5.2`, without what distributions add. */
  readonly version: string;
  /** Package that owns dockerd; absent: it was put there by other means. */
  readonly owner?: string;
  readonly running: boolean;
  readonly enabled: boolean;
  /** What the running engine tells of itself; absent where it does not run or has no client. */
  readonly info?: EngineInfo;
}

/** An engine that the user runs without root. */
export interface RootlessFacts {
  readonly socket: string;
  /** Empty: it does not answer, or there is no client to ask it. */
  readonly version: string;
  /** False: it ends when the user's last session does. */
  readonly lingers: boolean;
}

export interface EngineInfo {
  readonly serverVersion: string;
  readonly dataRoot: string;
  readonly storageDriver: string;
  readonly containersRunning: number;
  readonly liveRestore: boolean;
  readonly swarm: boolean;
}

export interface OsRelease {
  readonly id: string;
  readonly like: readonly string[];
  /** `12`, `24.04`, `9.4`, empty for rolling ones. */
  readonly version: string;
  readonly codename: string;
  readonly title: string;
}

export interface PackageFact {
  readonly version: string;
  /** False: unpacked or half configured, as an interruption leaves it. */
  readonly complete: boolean;
}

export interface DiskFact {
  /** One of the directories asked for. */
  readonly mount: string;
  readonly freeBytes: number;
}

/** What a host is like, as its own programs told. */
export interface HostFacts {
  readonly os: OsRelease;
  readonly architecture: string;
  readonly hostname: string;
  readonly init: string;
  readonly root: RootAccess;
  readonly user: string;
  readonly groups: readonly string[];
  /** Seconds since the epoch by the host's clock. */
  readonly time: number;
  readonly packager: string | undefined;
  readonly engine: EngineFacts | undefined;
  readonly rootless: RootlessFacts | undefined;
  readonly socketActive: boolean;
  /** Unit file of the engine as its package has it. */
  readonly unit: string | undefined;
  /** Drop-ins of the engine's unit by path. */
  readonly dropIns: Readonly<Record<string, string>>;
  /** The file with the environment that tcompose gave the engine. */
  readonly engineEnv: string | undefined;
  readonly needsReload: boolean;
  readonly daemonJson: string | undefined;
  /** What tcompose noted when it provisioned the host before. */
  readonly record: string | undefined;
  /** SHA-256 by path of the certificates that tcompose has put there, or that drop-ins name. */
  readonly tls: Readonly<Record<string, string>>;
  readonly packages: Readonly<Record<string, PackageFact>>;
  /** True: dpkg was interrupted and has to finish what it began. */
  readonly interrupted: boolean;
  /** Versions that apt offers now, by package, the newest first. */
  readonly versions: Readonly<Record<string, readonly string[]>>;
  /** Seconds since apt's lists were fetched; absent: there are none. */
  readonly listsAge: number | undefined;
  /** Docker's own repository is among the sources. */
  readonly dockerSource: boolean;
  readonly dockerReached: boolean;
  readonly cloudInit: 'none' | 'running' | 'done' | 'error';
  readonly cloudInitErrors: readonly string[];
  readonly apparmor: boolean;
  readonly disks: readonly DiskFact[];
  readonly memoryBytes: number;
  readonly swapBytes: number;
}

/** Sections of what the facts script printed, by name, without the blank before each line. */
export function sections(output: string): Map<string, string> {
  const found = new Map<string, string[]>();
  let lines: string[] | undefined;
  for (const line of output.split('\n')) {
    if (line.startsWith(' ')) lines?.push(line.slice(1));
    else if (line.endsWith(':')) found.set(line.slice(0, -1), (lines = []));
  }
  return new Map([...found].map(([name, content]) => [name, content.join('\n')]));
}

/** Understands what the facts script printed; whatever is missing is as if the host had nothing of the kind. */
export function parseFacts(output: string): HostFacts {
  const all = sections(output);
  const text = (name: string): string => all.get(name)?.trim() ?? '';
  const unit = keyValues(text('unit'));
  const lists = Number.parseFloat(text('lists'));
  const time = Number(text('time'));
  const cloudInit = parseCloudInit(all);
  return {
    os: parseOsRelease(text('os-release')),
    architecture: text('architecture'),
    hostname: text('hostname'),
    init: text('init'),
    root: rootAccess(text('root')),
    user: text('user'),
    groups: words(text('groups')),
    time,
    packager: text('packager') || undefined,
    engine: parseEngine(all, unit),
    rootless: parseRootless(text),
    socketActive: text('socket') === 'active',
    unit: all.get('fragment'),
    dropIns: Object.fromEntries(
      [...all]
        .filter(([name]) => name.startsWith('dropin '))
        .map(([name, content]) => [name.slice('dropin '.length), content]),
    ),
    engineEnv: all.get('engine-env'),
    needsReload: unit['NeedDaemonReload'] === 'yes',
    daemonJson: all.get('daemon.json'),
    record: all.get('record'),
    tls: parseDigests(text('tls')),
    packages: parsePackages(text('packages')),
    interrupted: text('audit') !== '',
    versions: parseVersions(text('versions')),
    listsAge: Number.isNaN(lists) ? undefined : Math.max(0, Math.round(time - lists)),
    dockerSource: text('docker-sources') !== '',
    dockerReached: text('docker-reached') === 'yes',
    ...cloudInit,
    apparmor: text('apparmor') === 'Y',
    disks: parseDisks(text('disk')),
    memoryBytes: kilobytes(text('memory'), 'MemTotal'),
    swapBytes: kilobytes(text('memory'), 'SwapTotal'),
  };
}

function rootAccess(text: string): RootAccess {
  const known: readonly RootAccess[] = ['root', 'sudo', 'password', 'needs-tty', 'denied'];
  return known.find((access) => access === text) ?? 'no-sudo';
}

function parseOsRelease(text: string): OsRelease {
  const values = keyValues(text);
  const id = values['ID'] ?? '';
  const codename = values['VERSION_CODENAME'] ?? values['UBUNTU_CODENAME'] ?? '';
  return {
    id,
    like: words(values['ID_LIKE'] ?? ''),
    version: values['VERSION_ID'] ?? '',
    codename,
    title: values['PRETTY_NAME'] ?? values['NAME'] ?? id,
  };
}

/** `KEY=value` lines as os-release and systemctl write them; a line without `=` is none. */
function keyValues(text: string): Readonly<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const line of text.split('\n')) {
    const match = /^([A-Za-z_]\w*)=(.*)$/.exec(line.trim());
    if (match === null) continue;
    const [, key = '', raw = ''] = match;
    const quoted = /^(["'])(.*)\1$/.exec(raw);
    found[key] = quoted === null ? raw : (quoted[2] ?? '').replace(/\\(["'$`\\])/g, '$1');
  }
  return found;
}

function parseEngine(
  all: ReadonlyMap<string, string>,
  unit: Readonly<Record<string, string>>,
): EngineFacts | undefined {
  const path = all.get('dockerd')?.trim() ?? '';
  if (path === '') return undefined;
  const owner = /^([^\s:]+)(?::\w+)?: /m.exec(all.get('owner') ?? '')?.[1];
  const info = parseInfo(all.get('info') ?? '');
  const version = /version ([0-9][0-9.]*)/i.exec(all.get('dockerd-version') ?? '')?.[1] ?? '';
  return {
    path,
    version: info?.serverVersion ?? version,
    ...(owner === undefined ? {} : { owner }),
    running: unit['ActiveState'] === 'active',
    enabled: unit['UnitFileState'] === 'enabled',
    ...(info === undefined ? {} : { info }),
  };
}

function parseRootless(text: (name: string) => string): RootlessFacts | undefined {
  const socket = text('rootless');
  if (socket === '') return undefined;
  const version = /^[0-9.]+/.exec(text('rootless-version'))?.[0] ?? '';
  return { socket, version, lingers: text('user') === 'root' || text('rootless-lingers') !== '' };
}

function parseInfo(text: string): EngineInfo | undefined {
  const info = parseObject(text);
  if (typeof info?.['ServerVersion'] !== 'string' || info['ServerVersion'] === '') return undefined;
  const swarm = info['Swarm'];
  const state =
    typeof swarm === 'object' && swarm !== null && 'LocalNodeState' in swarm
      ? swarm.LocalNodeState
      : 'inactive';
  return {
    serverVersion: /^[0-9.]+/.exec(info['ServerVersion'])?.[0] ?? info['ServerVersion'],
    dataRoot: typeof info['DockerRootDir'] === 'string' ? info['DockerRootDir'] : '',
    storageDriver: typeof info['Driver'] === 'string' ? info['Driver'] : '',
    containersRunning: Number(info['ContainersRunning'] ?? 0),
    liveRestore: info['LiveRestoreEnabled'] === true,
    swarm: state !== 'inactive' && state !== '',
  };
}

/** A JSON object, or undefined for any other text. */
export function parseObject(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    const object = typeof value === 'object' && value !== null && !Array.isArray(value);
    return object ? (value as Readonly<Record<string, unknown>>) : undefined;
  } catch {
    return undefined;
  }
}

function parseDigests(text: string): Readonly<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const match of text.matchAll(/^([0-9a-f]{64}) [ *](\/\S+)$/gm)) {
    found[match[2] ?? ''] = match[1] ?? '';
  }
  return found;
}

function parsePackages(text: string): Readonly<Record<string, PackageFact>> {
  const found: Record<string, PackageFact> = {};
  for (const line of text.split('\n')) {
    const [status = '', name = '', version = ''] = words(line);
    // The second letter is the state: n and c are not there (any more).
    if (version === '' || 'nc'.includes(status[1] ?? 'n')) continue;
    found[name] = { version, complete: status[1] === 'i' && status.length === 2 };
  }
  return found;
}

/** Lines of `apt-cache madison`: package, version and source between bars. */
function parseVersions(text: string): Readonly<Record<string, readonly string[]>> {
  const found: Record<string, string[]> = {};
  for (const line of text.split('\n')) {
    const [name = '', version = '', source = ''] = line.split('|').map((part) => part.trim());
    if (version === '' || !source.endsWith('Packages')) continue;
    const list = (found[name] ??= []);
    if (!list.includes(version)) list.push(version);
  }
  return found;
}

function parseCloudInit(
  all: ReadonlyMap<string, string>,
): Pick<HostFacts, 'cloudInit' | 'cloudInitErrors'> {
  if (!all.has('cloud-init-state') || all.has('cloud-init-off')) {
    return { cloudInit: 'none', cloudInitErrors: [] };
  }
  const state = all.get('cloud-init-state') ?? '';
  const result = parseObject(all.get('cloud-init-result') ?? '')?.['v1'];
  // The directory alone is there as well where the generator decided that there is nothing to do.
  if (state.trim() === '' && result === undefined)
    return { cloudInit: 'none', cloudInitErrors: [] };
  if (typeof result !== 'object' || result === null) {
    return cloudInitWithoutResult(all.get('cloud-init-units') ?? '');
  }
  const errors = 'errors' in result && Array.isArray(result.errors) ? result.errors : [];
  return {
    cloudInit: errors.length === 0 ? 'done' : 'error',
    cloudInitErrors: errors.map(String).map(plainError),
  };
}

/** cloud-init writes errors as Python shows them: `('scripts-user', RuntimeError('…'))`. */
function plainError(text: string): string {
  const [, module, said = ''] = /^\('([^']+)', (.*)\)$/.exec(text) ?? [];
  if (module === undefined) return text;
  return `${module}: ${/^\w+\((["'])(.*)\1\)$/.exec(said)?.[2] ?? said}`;
}

/** Still at work, unless its last unit has ended, as when it crashed: it writes its result then. */
function cloudInitWithoutResult(units: string): Pick<HostFacts, 'cloudInit' | 'cloudInitErrors'> {
  const states = units.split('\n').map((line) => words(line));
  const last = states.find(([unit]) => unit === 'cloud-final')?.[1];
  if (last !== 'active' && last !== 'failed') return { cloudInit: 'running', cloudInitErrors: [] };
  const failed = states.filter(([, state]) => state === 'failed').map(([unit]) => unit);
  const told = failed.length === 0 ? 'it ended without a result' : `${failed.join(', ')} failed`;
  return { cloudInit: 'error', cloudInitErrors: [told] };
}

function parseDisks(text: string): readonly DiskFact[] {
  return text
    .split('\n')
    .slice(1)
    .map((line) => words(line))
    .filter((fields) => fields.length >= 6)
    .map((fields) => ({ mount: fields[5] ?? '', freeBytes: Number(fields[3]) * 1024 }));
}

function kilobytes(text: string, key: string): number {
  return Number(new RegExp(`^${key}:\\s+(\\d+)`, 'm').exec(text)?.[1] ?? 0) * 1024;
}

function words(text: string): string[] {
  return text.split(/\s+/).filter((word) => word !== '');
}
