/**
 * A private Docker Engine for tests.
 *
 * dockerd runs in mount, network, process and IPC namespaces of its own, so bridges, firewall rules,
 * mounts and containers can neither disturb the machine's engine nor outlive this one: killing the
 * process that holds the namespaces (the keeper) ends all of it at once, and the keeper dies with the
 * process that asked for the engine. Files left by a killed run are removed by the next one.
 *
 * Published ports are reached at `address` (a veth pair); `enter` runs a command on the engine's side.
 */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, openSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { EngineApi } from './api.ts';
import { asRoot, run, succeedAsRoot } from './command.ts';
import { checkout } from './debian.ts';
import { type EngineVersion, linkEngineBinaries } from './engine-binaries.ts';

const prefix = 'tct-';

/** How long dockerd may take to answer, in milliseconds. */
const startTimeout = 90_000;

/** A running private engine. */
export interface TestEngine {
  readonly version: EngineVersion;
  readonly socket: string;
  /** For `DOCKER_HOST`. */
  readonly dockerHost: string;
  /** Where published ports are reached from this machine. */
  readonly address: string;
  /** Prefix of a command that shall run in the engine's network (its 127.0.0.1). */
  readonly enter: readonly string[];
  readonly api: EngineApi;
}

/** A process that has not been replaced by another one with the same id. */
interface Identity {
  readonly pid: number;
  /** Start time in clock ticks since boot. */
  readonly started: string;
}

/** What is written beside a running engine. */
interface Note {
  readonly version: EngineVersion;
  /** Whose end ends the engine; absent: it stays until `stopEngine`. */
  readonly owner?: Identity;
  readonly keeper: Identity;
  readonly address: string;
}

/** What is special about an engine. */
export interface EngineOptions {
  /** Tells several engines of one process apart. */
  readonly name?: string;
  /** All its images, layers and containers have only so many bytes of memory. */
  readonly dataSize?: number;
  /** Content of its daemon.json. */
  readonly daemon?: Readonly<Record<string, unknown>>;
}

/** Keeps images in containerd, as new installations of Docker 29 do; for `EngineOptions.daemon`. */
export const containerdStore = { features: { 'containerd-snapshotter': true } };

/**
 * Starts an engine that ends with this process; one that needs several gives each a name.
 * @throws with the end of dockerd's log when it does not come up.
 */
export async function startEngine(
  version: EngineVersion,
  options: EngineOptions = {},
): Promise<TestEngine> {
  await sweepEngines();
  const kind =
    Object.keys(options).length === 0 ? '' : `-${digest(JSON.stringify(options)).slice(0, 8)}`;
  const folder = join(tmpdir(), `${prefix}${version}-${process.pid}${kind}`);
  return await launch(version, folder, { ...options, endsWithUs: true });
}

/** Starts the engine of this checkout that stays until `stopEngine`, or finds it running. */
export async function keepEngine(version: EngineVersion): Promise<TestEngine> {
  await sweepEngines();
  const folder = keptFolder(version);
  const note = readNote(folder);
  if (note !== undefined && alive(note.keeper)) return engineAt(folder, note);
  return await launch(version, folder, { endsWithUs: false });
}

/** Ends an engine and removes what it left: its files and control groups. */
export async function stopEngine(engine: Pick<TestEngine, 'socket'>): Promise<void> {
  await clean(join(engine.socket, '..'));
}

/** Ends the engine that `keepEngine` started, if it runs. */
export async function stopKeptEngine(version: EngineVersion): Promise<void> {
  const folder = keptFolder(version);
  if (existsSync(folder)) await clean(folder);
}

/** Removes engines whose owner is gone. */
async function sweepEngines(): Promise<void> {
  for (const name of readdirSync(tmpdir())) {
    if (!name.startsWith(prefix)) continue;
    const folder = join(tmpdir(), name);
    const note = readNote(folder);
    if (note === undefined) continue;
    const owned = note.owner !== undefined && !alive(note.owner);
    if (owned || !alive(note.keeper)) await clean(folder);
  }
}

function keptFolder(version: EngineVersion): string {
  return join(tmpdir(), `${prefix}${version}-${digest(checkout).slice(0, 8)}`);
}

async function launch(
  version: EngineVersion,
  folder: string,
  { endsWithUs, dataSize, daemon = {} }: EngineOptions & { readonly endsWithUs: boolean },
): Promise<TestEngine> {
  if (existsSync(folder)) await clean(folder);
  mkdirSync(folder, { mode: 0o755 });
  await linkEngineBinaries(version, join(folder, 'bin'));
  writeFileSync(join(folder, 'start.sh'), startScript(folder, dataSize));
  writeFileSync(join(folder, 'daemon.json'), JSON.stringify(daemon));
  const log = openSync(join(folder, 'log'), 'a');
  const lifeline = endsWithUs ? ['setpriv', '--pdeathsig', 'KILL'] : [];
  const unshare = ['unshare', '--mount', '--net', '--pid', '--ipc', '--fork', '--kill-child'];
  const [program, ...args] = asRoot([
    'sh',
    '-c',
    `echo $$ >"$0/keeper"; exec "$@"`,
    folder,
    ...lifeline,
    ...unshare,
    '--mount-proc',
    'sh',
    join(folder, 'start.sh'),
  ]);
  const child = spawn(program, args, { stdio: ['ignore', log, log], detached: true });
  child.unref();
  let exited = false;
  child.on('exit', () => (exited = true));
  child.on('error', () => (exited = true));
  const failed = (): boolean => exited;
  try {
    const keeper = await identityOf(folder, failed);
    const address = addressPair(folder);
    const note: Note = {
      version,
      keeper,
      address: address.engine,
      ...(endsWithUs ? { owner: identify(process.pid) } : {}),
    };
    writeFileSync(join(folder, 'note.json'), JSON.stringify(note));
    const engine = engineAt(folder, note);
    await until(() => engine.api.alive(), failed);
    await connect(engine, address);
    return engine;
  } catch (error) {
    const tail = readFileSync(join(folder, 'log'), 'utf8').split('\n').slice(-25).join('\n');
    await clean(folder);
    throw new Error(`the engine ${version} did not start:\n${tail}`, { cause: error });
  }
}

/** What runs as the first process of the new namespaces. */
function startScript(folder: string, dataSize: number | undefined): string {
  const group = String(process.getgid?.() ?? 0);
  const data = `${folder}/data`;
  const mount = `mkdir -p "${data}"; mount -t tmpfs -o size=${dataSize} tmpfs "${data}"\n`;
  return `set -e
export PATH="${folder}/bin:$PATH"
ip link set lo up
# A container may bind the socket where engines have it: here that is this one, and the engine makes
# nothing in the machine's own /run.
mount -t tmpfs tmpfs /run
ln -s "${folder}/docker.sock" /run/docker.sock
${ownControlGroups}${dataSize === undefined ? '' : mount}sh "${join(checkout, 'scripts/control-groups.sh')}"
export LD_LIBRARY_PATH="${folder}/bin"
exec dockerd --config-file "${folder}/daemon.json" --data-root "${data}" \\
  --exec-root "${folder}/run" --pidfile "${folder}/pid" \\
  --host "unix://${folder}/docker.sock" --group ${group} --cgroup-parent "/${cgroupOf(folder)}"
`;
}

/**
 * The folder above control groups of version 1 is an ordinary one, and a systemd in a container that sees it makes more
 * in it: each engine has a folder of its own with what is really mounted. It also mounts further hierarchies,
 * which every process is in from then on; an engine that does not have them all counts nothing of its containers.
 */
const ownControlGroups = `
if [ "$(stat -f -c %T /sys/fs/cgroup)" = tmpfs ]; then
  mkdir /run/cgroup && mount -t tmpfs -o mode=755 cgroup /run/cgroup
  for place in /sys/fs/cgroup/*; do
    mountpoint -q "$place" || continue
    mkdir "/run/cgroup/\${place##*/}" && mount --bind "$place" "/run/cgroup/\${place##*/}"
  done
  while IFS=: read -r _ controllers _; do
    case $controllers in '' | name=*) continue ;; esac
    [ ! -e "/run/cgroup/$controllers" ] || continue
    mkdir "/run/cgroup/$controllers"
    mount -t cgroup -o "$controllers" cgroup "/run/cgroup/$controllers" || rmdir "/run/cgroup/$controllers"
  done </proc/self/cgroup
  mount --move /run/cgroup /sys/fs/cgroup
fi
`;

/** Joins the engine's network to the machine's, for published ports. */
async function connect(
  engine: TestEngine,
  address: { readonly machine: string; readonly engine: string },
): Promise<void> {
  const device = `tct${digest(engine.socket).slice(0, 8)}`;
  const child = engine.enter[engine.enter.indexOf('--target') + 1] ?? '';
  const ip = (...args: string[]): Promise<string> => succeedAsRoot(['ip', ...args]);
  await ip('link', 'add', device, 'type', 'veth', 'peer', 'name', 'machine0', 'netns', child);
  await ip('address', 'add', `${address.machine}/30`, 'dev', device);
  await ip('link', 'set', device, 'up');
  const inside = (...args: string[]): Promise<string> =>
    succeedAsRoot([...engine.enter, 'ip', ...args]);
  await inside('address', 'add', `${address.engine}/30`, 'dev', 'machine0');
  await inside('link', 'set', 'machine0', 'up');
}

/** Two addresses of the range set aside for benchmarks (RFC 2544), which no real network uses. */
function addressPair(folder: string): { readonly machine: string; readonly engine: string } {
  const slot = Number.parseInt(digest(folder).slice(0, 4), 16) % 0x8000;
  const at = (offset: number): string => {
    const value = slot * 4 + offset;
    return `198.${18 + (value >> 16)}.${(value >> 8) & 255}.${value & 255}`;
  };
  return { machine: at(1), engine: at(2) };
}

function engineAt(folder: string, note: Note): TestEngine {
  const socket = join(folder, 'docker.sock');
  const inside = readFileSync(`/proc/${note.keeper.pid}/task/${note.keeper.pid}/children`, 'utf8');
  return {
    version: note.version,
    socket,
    dockerHost: `unix://${socket}`,
    address: note.address,
    enter: ['nsenter', '--target', inside.trim().split(' ')[0] ?? '', '--net'],
    api: new EngineApi(socket),
  };
}

async function identityOf(folder: string, failed: () => boolean): Promise<Identity> {
  const file = join(folder, 'keeper');
  const forked = (): Promise<boolean> => {
    if (!existsSync(file)) return Promise.resolve(false);
    const pid = readFileSync(file, 'utf8').trim();
    const children = `/proc/${pid}/task/${pid}/children`;
    const started = pid !== '' && existsSync(children) && /\d/.test(readFileSync(children, 'utf8'));
    return Promise.resolve(started);
  };
  await until(forked, failed);
  return identify(Number(readFileSync(file, 'utf8')));
}

/** Waits for a fact about another process, which can only be polled. */
async function until(fact: () => Promise<boolean>, failed: () => boolean): Promise<void> {
  const deadline = performance.now() + startTimeout;
  while (!(await fact())) {
    if (failed()) throw new Error('it ended');
    if (performance.now() > deadline) throw new Error(`not ready after ${startTimeout / 1000} s`);
    await delay(25);
  }
}

async function clean(folder: string): Promise<void> {
  const note = readNote(folder);
  if (note !== undefined && alive(note.keeper)) {
    const [program, ...args] = asRoot(['sh', '-c', 'kill -KILL "$0"', String(note.keeper.pid)]);
    await run(program, args);
    await until(
      () => Promise.resolve(!alive(note.keeper)),
      () => false,
    );
  }
  await succeedAsRoot(['sh', '-c', removeLeftovers, folder, cgroupOf(folder)]);
}

/** Killed processes leave their control groups and files a moment later, hence the tries. */
const removeLeftovers = `
for try in 1 2 3 4 5 6 7 8 9 10; do
  groups=$(find /sys/fs/cgroup -depth -type d -path "*/$1*" 2>/dev/null)
  [ -z "$groups" ] || rmdir $groups 2>/dev/null
  rm -rf "$0" 2>/dev/null
  [ -z "$groups" ] && [ ! -e "$0" ] && exit 0
  sleep 0.1
done
[ ! -e "$0" ]
`;

function cgroupOf(folder: string): string {
  return `${prefix}${digest(folder).slice(0, 12)}`;
}

function readNote(folder: string): Note | undefined {
  try {
    return JSON.parse(readFileSync(join(folder, 'note.json'), 'utf8')) as Note;
  } catch {
    return undefined;
  }
}

function identify(pid: number): Identity {
  return { pid, started: startTime(pid) ?? '' };
}

function alive(process: Identity): boolean {
  return startTime(process.pid) === process.started;
}

/** Field 22 of /proc/PID/stat; `undefined` when there is no such process, or only its corpse. */
function startTime(pid: number): string | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' ? undefined : fields[19];
  } catch {
    return undefined;
  }
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
