import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { hostname, userInfo } from 'node:os';
import { dirname, join } from 'node:path';
import { shellCommand } from '../../foundation/shell-quote.ts';
import { MachineError } from '../machine-error.ts';
import { matchesPatterns } from './config-lines.ts';
import {
  expandTokens,
  readSshConfig,
  type ConfigFile,
  type ConfigSources,
  type SshConfig,
} from './ssh-config.ts';
import type { SshTarget } from './ssh-host.ts';

/** A host as the user names it. */
export interface SshDestination {
  /** For messages; absent: the host. */
  readonly title?: string;
  /** Name of an ssh_config `Host`, host name or address. */
  readonly host: string;
  readonly user?: string;
  readonly port?: number;
}

/** Where the configuration is, and who asks. */
export interface TargetSources {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly home: string;
  readonly localUser: string;
  readonly files: readonly ConfigFile[];
  readonly config: ConfigSources;
}

const IDENTITIES = ['id_rsa', 'id_ecdsa', 'id_ed25519'];

/** Milliseconds that a host may take when nothing says otherwise. */
const CONNECT_TIMEOUT = 15_000;

/** Hosts in a row, each reached through the one before it. */
const MOST_JUMPS = 8;

/** Everything that is needed to connect to a host, with what ssh_config says about it. */
export function resolveTarget(destination: SshDestination, sources: TargetSources): SshTarget {
  return resolve(destination, sources, 0);
}

/** Sources of this computer: `~/.ssh/config`, `/etc/ssh/ssh_config`. */
export function targetSources(
  env: Readonly<Record<string, string | undefined>>,
  home: string,
): TargetSources {
  const user = join(home, '.ssh');
  return {
    env,
    home,
    localUser: userName(env),
    files: [
      { path: join(user, 'config'), folder: user },
      { path: '/etc/ssh/ssh_config', folder: '/etc/ssh' },
    ],
    config: { read, glob, succeeds },
  };
}

function resolve(destination: SshDestination, sources: TargetSources, depth: number): SshTarget {
  const { localUser, home, env } = sources;
  const config = readSshConfig({ ...destination, localUser, home }, sources.files, sources.config);
  const one = (keyword: string): string | undefined => config.get(keyword)?.[0];
  const { host } = destination;
  // OpenSSH asks for names in small letters, and remembers keys under these.
  const address = expandTokens(one('hostname') ?? host, { h: host }).toLowerCase();
  const user = one('user') ?? localUser;
  checkNames(address, user);
  const port = numberOf('Port', one('port') ?? '22', { least: 1, most: 65_535 });
  const alias = one('hostkeyalias');
  const tokens = {
    ...localTokens(sources),
    h: address,
    n: host,
    p: String(port),
    r: user,
    k: alias ?? host,
  };
  const path = (text: string): string => expandPath(text, { home, tokens, env });
  const identities = (config.get('identityfile') ?? []).filter((each) => each !== 'none');
  const proxyCommand = one('proxycommand');
  const revoked = one('revokedhostkeys');
  const agent = agentSocket(one('identityagent'), env);
  const alive = one('serveraliveinterval');
  const aliveCount = one('serveralivecountmax');
  return {
    title: destination.title ?? host,
    command: sshCommand(destination),
    address,
    port,
    user,
    keyPaths: config.has('identityfile')
      ? identities.map(path)
      : IDENTITIES.map((name) => join(home, '.ssh', name)),
    ...(config.has('certificatefile')
      ? { certificates: (config.get('certificatefile') ?? []).map(path) }
      : {}),
    onlyTheseKeys: one('identitiesonly')?.toLowerCase() === 'yes',
    ...(agent === undefined || agent === '' ? {} : { agentSocket: path(agent) }),
    knownHosts: knownHosts(config).map(path),
    ...(alias === undefined ? {} : { hostKeyAlias: alias }),
    ...(revoked === undefined || revoked === 'none' ? {} : { revokedKeys: path(revoked) }),
    newHostKey: newHostKey(one('stricthostkeychecking')),
    jumps: jumpsOf(config, sources, depth),
    ...(proxyCommand === undefined || proxyCommand.toLowerCase() === 'none'
      ? {}
      : { proxyCommand: expandTokens(proxyCommand, tokens) }),
    connectTimeout: timeOf('ConnectTimeout', one('connecttimeout') ?? 'none') || CONNECT_TIMEOUT,
    ...(alive === undefined ? {} : { aliveInterval: timeOf('ServerAliveInterval', alive) }),
    ...(aliveCount === undefined
      ? {}
      : {
          aliveCount: numberOf('ServerAliveCountMax', aliveCount, { least: 0, most: 2 ** 31 - 1 }),
        }),
  };
}

/** How the same host is reached by `ssh`, which reads the same configuration. */
function sshCommand({ host, user, port }: SshDestination): string {
  const way = port === undefined ? [] : ['-p', String(port)];
  return shellCommand(['ssh', ...way, user === undefined ? host : `${user}@${host}`]);
}

/** What `%` and a letter stand for in ssh_config, as far as it is about this computer. */
function localTokens({ localUser, home }: TargetSources): Readonly<Record<string, string>> {
  const here = hostname();
  return {
    u: localUser,
    d: home,
    l: here,
    L: here.replace(/\..*$/, ''),
    i: String(process.getuid?.() ?? ''),
  };
}

function jumpsOf(config: SshConfig, sources: TargetSources, depth: number): readonly SshTarget[] {
  const text = config.get('proxyjump')?.[0];
  if (text === undefined || text.toLowerCase() === 'none') return [];
  if (depth >= MOST_JUMPS) {
    throw new MachineError('invalid', `ProxyJump ${text} leads to more than ${MOST_JUMPS} hosts`, {
      hint: 'Does a host in ~/.ssh/config jump through itself? "ProxyJump none" in its section ends that.',
    });
  }
  const targets = text.split(',').map((each, index) => {
    const match = /^(?:ssh:\/\/)?(?:(.*)@)?(\[.*\]|[^:]+)(?::(\d+))?$/.exec(each.trim());
    if (match === null) throw wrong('ProxyJump', text, 'Hosts are written as [USER@]HOST[:PORT].');
    const [, user, host = '', port] = match;
    const destination = {
      host: host.replace(/^\[|\]$/g, ''),
      ...(user === undefined ? {} : { user }),
      ...(port === undefined ? {} : { port: Number(port) }),
    };
    return { target: resolve(destination, sources, depth + 1), index };
  });
  // Only the first of a list may itself be behind others, or be reached by a command.
  return targets.flatMap(({ target, index }) => {
    if (index === 0) return [...target.jumps, { ...target, jumps: [] }];
    const { proxyCommand: _command, ...behind } = target;
    return [{ ...behind, jumps: [] }];
  });
}

/** Refuses what OpenSSH refuses: names get into commands (ProxyCommand, Match exec), where a shell reads them. */
function checkNames(host: string, user: string): void {
  if (host === '' || /^-|['"`$\\;&<>|(){},\s\p{Cc}]/u.test(host)) {
    throw new MachineError('invalid', `${JSON.stringify(host)} cannot be the name of a host`);
  }
  if (/^-|['"`;&<>|(){}\p{Cc}]|\s-|\\$/u.test(user)) {
    throw new MachineError('invalid', `${JSON.stringify(user)} cannot be the name of a user`);
  }
}

function numberOf(
  keyword: string,
  text: string,
  { least, most }: { readonly least: number; readonly most: number },
): number {
  const number = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (number >= least && number <= most) return number;
  throw wrong(keyword, text, `It has to be a number from ${least} to ${most}.`);
}

const SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 };

/** Milliseconds of a time as ssh_config has it, `90` or `1m30s`; `none` is 0. */
function timeOf(keyword: string, text: string): number {
  if (text.toLowerCase() === 'none') return 0;
  if (!/^(\d+[smhdw]?)+$/i.test(text)) {
    throw wrong(keyword, text, 'It has to be a number of seconds, or a time such as 1m30s.');
  }
  let total = 0;
  for (const [, count, unit = ''] of text.matchAll(/(\d+)([a-z]?)/gi)) {
    total += Number(count) * (SECONDS[unit.toLowerCase()] ?? 1);
  }
  return total * 1000;
}

function wrong(keyword: string, text: string, hint: string): MachineError {
  return new MachineError('invalid', `the ssh configuration says ${keyword} ${text}`, { hint });
}

function knownHosts(config: SshConfig): readonly string[] {
  const user = config.get('userknownhostsfile') ?? ['~/.ssh/known_hosts', '~/.ssh/known_hosts2'];
  const system = config.get('globalknownhostsfile') ?? [
    '/etc/ssh/ssh_known_hosts',
    '/etc/ssh/ssh_known_hosts2',
  ];
  return [...user, ...system].filter((each) => each !== 'none');
}

function newHostKey(text: string | undefined): SshTarget['newHostKey'] {
  switch (text?.toLowerCase()) {
    case 'yes':
      return 'refuse';
    case 'no':
    case 'off':
    case 'accept-new':
      return 'accept';
    default:
      return 'ask';
  }
}

function agentSocket(
  text: string | undefined,
  env: Readonly<Record<string, string | undefined>>,
): string | undefined {
  if (text === undefined || text === 'SSH_AUTH_SOCK') return env['SSH_AUTH_SOCK'];
  if (text.toLowerCase() === 'none') return undefined;
  return text.startsWith('$') && !text.startsWith('${') ? env[text.slice(1)] : text;
}

function expandPath(
  text: string,
  {
    home,
    tokens,
    env,
  }: Pick<TargetSources, 'home' | 'env'> & { tokens: Readonly<Record<string, string>> },
): string {
  const full = text === '~' || text.startsWith('~/') ? home + text.slice(1) : text;
  const variables = full.replaceAll(/\$\{(\w+)\}/g, (_whole, name: string) => env[name] ?? '');
  return expandTokens(variables, tokens);
}

function userName(env: Readonly<Record<string, string | undefined>>): string {
  try {
    return userInfo().username;
  } catch {
    return env['USER'] ?? env['LOGNAME'] ?? 'root';
  }
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

/** Patterns in the last part of a path, as in `config.d/*`. */
function glob(pattern: string): readonly string[] {
  const folder = dirname(pattern);
  const last = pattern.slice(folder.length).replace(/^\//, '');
  try {
    return readdirSync(folder)
      .filter((name) => !name.startsWith('.') && matchesPatterns(name, [last]))
      .toSorted()
      .map((name) => join(folder, name));
  } catch {
    return [];
  }
}

function succeeds(command: string): boolean {
  try {
    execFileSync('/bin/sh', ['-c', command], { stdio: 'ignore', timeout: 10_000 });
    return true;
  } catch {
    return false;
  }
}
