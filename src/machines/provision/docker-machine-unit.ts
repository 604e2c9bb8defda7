import { basename } from 'node:path';
import { fail, ok, type Result } from '../../foundation/result.ts';
import {
  assigned,
  type CommandFlag,
  type EngineCommand,
  engineCommand,
  parseCommand,
  unitLines,
  type UnitTexts,
} from './engine-command.ts';
import { daemonConfig, type DaemonConfig, keyOfFlag } from './engine-keys.ts';
import { TLS_DROP_IN } from './engine-unit.ts';

/** Name of the drop-in with which docker-machine has exposed engines. */
const DROP_IN = '10-machine.conf';

/** An engine that docker-machine has exposed, as its drop-in says. */
export interface ExposedUnit {
  /** Path of the drop-in. */
  readonly path: string;
  readonly text: string;
  readonly command: EngineCommand;
  /** Port that it listens on for others. */
  readonly port: number;
  /** Where its certificates lie; undefined: not all three are named, or nobody has to show one. */
  readonly certificates: CertificatePaths | undefined;
}

export interface CertificatePaths {
  readonly ca: string;
  readonly certificate: string;
  readonly key: string;
}

/** Undefined: docker-machine's drop-in is not there, opens no port, or is not what the engine is started with. */
export function exposedUnit(unit: UnitTexts): ExposedUnit | undefined {
  const command = engineCommand(unit, [TLS_DROP_IN]);
  if (command === undefined || basename(command.path) !== DROP_IN) return undefined;
  const port = openPorts(command)[0];
  if (port === undefined) return undefined;
  const { path } = command;
  const text = unit.dropIns[path] ?? '';
  return { path, text, command, port, certificates: certificatePaths(command) };
}

/** Ports that a command has an engine listen on for others than this host. */
export function openPorts({ flags }: Pick<EngineCommand, 'flags'>): number[] {
  return flags
    .filter(isOpen)
    .map(({ value = '' }) => Number(/:(\d+)\/?$/.exec(value)?.[1] ?? 2376));
}

function isOpen({ name, value = '' }: CommandFlag): boolean {
  if (name !== 'host' || !value.startsWith('tcp:')) return false;
  return !/^tcp:\/\/(?:127\.|localhost\b|\[::1\])/.test(value);
}

function certificatePaths({ flags }: EngineCommand): CertificatePaths | undefined {
  const valueOf = (wanted: string): CommandFlag | undefined =>
    flags.findLast(({ name }) => name === wanted);
  const [ca, certificate, key] = ['tlscacert', 'tlscert', 'tlskey'].map((name) => {
    const flag = valueOf(name);
    return flag?.literal === true && flag.value?.startsWith('/') === true ? flag.value : undefined;
  });
  const verify = valueOf('tlsverify');
  const verified = verify !== undefined && !/^(false|0|f)$/i.test(verify.value ?? '');
  return !verified || ca === undefined || certificate === undefined || key === undefined
    ? undefined
    : { ca, certificate, key };
}

/** What of a drop-in becomes what, when its options move into daemon.json. */
export interface MovedOptions {
  /** What daemon.json gets of it. */
  readonly config: DaemonConfig;
  /** The drop-in without; undefined: nothing is left of it. */
  readonly text: string | undefined;
  /** The command that the engine has then. */
  readonly command: EngineCommand | undefined;
  /** Words that are gone for good. */
  readonly gone: readonly string[];
}

/**
 * Moves the options of docker-machine's drop-in into daemon.json, as dockerd takes none from both places. The port
 * stays as it is, or, with `close`, goes: what is left of the engine's command is then that of its package.
 *
 * Fails with a sentence for an option that daemon.json has no place for.
 */
export function moveOptions(
  unit: UnitTexts,
  { path, text, command }: ExposedUnit,
  close: boolean,
): Result<MovedOptions, string> {
  const own = command.flags.filter(({ name }) => name === 'host' || name.startsWith('tls'));
  const moved = command.flags.filter((flag) => !own.includes(flag));
  const config = configOf(moved, path);
  if (!config.ok) return config;
  if (command.others.length > 0) {
    return fail(`${path} says ${command.others.join(' ')}, which tcompose cannot move`);
  }
  const result = close
    ? closedCommand(unit, path, own)
    : ok([command.program, ...own.map(({ raw }) => raw)].join(' '));
  if (!result.ok) return result;
  const left = withCommand(text, result.value);
  return ok({
    config: config.value,
    text: left,
    command:
      result.value === undefined
        ? engineCommand(unit, [path, TLS_DROP_IN])
        : { path, ...parseCommand(result.value) },
    gone: close ? own.filter(isOpen).map(({ raw }) => raw) : [],
  });
}

function configOf(flags: readonly CommandFlag[], path: string): Result<DaemonConfig, string> {
  const strange = flags.find(({ name, literal }) => !literal || keyOfFlag(name) === undefined);
  if (strange !== undefined) {
    return fail(`${path} says ${strange.raw}, for which tcompose knows no place in daemon.json`);
  }
  const options = flags.map(({ name, value }) => (value === undefined ? name : `${name}=${value}`));
  const none = { labels: [], insecureRegistries: [], registryMirrors: [] };
  const config = daemonConfig({ ...none, options });
  return config.ok ? config : fail(`${path}: ${config.error.join('; ')}`);
}

/**
 * The command of the package, with the sockets that only docker-machine's had; undefined: nothing has to be added to
 * it.
 */
function closedCommand(
  unit: UnitTexts,
  path: string,
  own: readonly CommandFlag[],
): Result<string | undefined, string> {
  const base = engineCommand(unit, [path, TLS_DROP_IN]);
  if (base === undefined) return fail(`without ${path} the unit has no single ExecStart`);
  if (openPorts(base).length > 0) return fail(`${base.path} opens a port as well: ${base.text}`);
  const hosts = own.filter(({ name }) => name === 'host');
  const kept = hosts.filter((flag) => !isOpen(flag) && !hasHost(base, flag.value ?? ''));
  if (kept.length === 0) return ok(undefined);
  const listens = kept.some(({ value = '' }) => value.startsWith('tcp:'));
  const tls = listens ? own.filter(({ name }) => name.startsWith('tls')) : [];
  const first = base.flags.some(({ name }) => name === 'host')
    ? []
    : ['-H unix:///var/run/docker.sock'];
  return ok([base.text, ...first, ...[...kept, ...tls].map(({ raw }) => raw)].join(' '));
}

/** What all stand for the one socket: systemd's is there as well. */
const USUAL = new Set([
  'unix:///var/run/docker.sock',
  'unix:///run/docker.sock',
  'unix://',
  'fd://',
]);

/** True where a command listens at an address anyway. */
function hasHost({ flags }: EngineCommand, host: string): boolean {
  const hosts = flags.filter(({ name }) => name === 'host').map(({ value }) => value ?? '');
  if (hosts.includes(host)) return true;
  return USUAL.has(host) && (hosts.length === 0 || hosts.some((each) => USUAL.has(each)));
}

/** A drop-in with another command, or none; undefined: it says nothing any more. */
function withCommand(text: string, command: string | undefined): string | undefined {
  const lines = unitLines(text.trimEnd());
  const first = lines.findIndex((line) => assigned(line, 'ExecStart') !== undefined);
  const given = command === undefined ? [] : ['ExecStart=', `ExecStart=${command}`];
  const left = lines.flatMap((line, index) => {
    if (index === first) return given;
    return assigned(line, 'ExecStart') === undefined ? [line] : [];
  });
  const says = left.some((line) => /^\s*[A-Za-z]+\s*=\s*\S/.test(line));
  return says ? `${left.join('\n')}\n` : undefined;
}
