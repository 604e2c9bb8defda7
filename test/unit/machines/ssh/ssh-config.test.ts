import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { resolveTarget, targetSources } from '../../../../src/machines/ssh/resolve-target.ts';

const folder = mkdtempSync(join(tmpdir(), 'tcompose-ssh-config-'));
afterAll(() => rmSync(folder, { recursive: true }));

let count = 0;

/** Files by name; `config` is the one that is read. Their directory. */
function write(files: Readonly<Record<string, string>>): string {
  count += 1;
  const home = join(folder, String(count));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(home, '.ssh', name)), { recursive: true });
    writeFileSync(join(home, '.ssh', name), text);
  }
  return home;
}

function sourcesOf(home: string): ReturnType<typeof targetSources> {
  const sources = targetSources({}, home);
  return { ...sources, files: sources.files.slice(0, 1) };
}

/** What OpenSSH makes of the same file. */
function oracle(home: string, args: readonly string[]): ReadonlyMap<string, string> {
  const config = join(home, '.ssh/config');
  const done = spawnSync('ssh', ['-G', '-F', config, ...args], { encoding: 'utf8' });
  if (done.status !== 0) throw new Error(`ssh -G: ${done.stderr}${String(done.error ?? '')}`);
  return new Map(
    done.stdout.split('\n').map((line) => {
      const at = line.indexOf(' ');
      return [line.slice(0, at), line.slice(at + 1)];
    }),
  );
}

const STRICT: Readonly<Record<string, string>> = {
  true: 'refuse',
  false: 'accept',
  'accept-new': 'accept',
  ask: 'ask',
};

interface Example {
  readonly title: string;
  readonly config: string;
  readonly host?: string;
  readonly user?: string;
  readonly port?: number;
  readonly more?: Readonly<Record<string, string>>;
}

const examples: readonly Example[] = [
  { title: 'nothing at all', config: '' },
  { title: 'an alias', config: 'Host web\n  HostName 10.1.2.3\n  User bob\n  Port 2222\n' },
  { title: 'the first value wins', config: 'Host w*\n User a\nHost web\n User b\n Port 23\n' },
  { title: 'lines before the first Host', config: 'User all\nHost web\n User web\n' },
  { title: 'equals signs', config: 'Host=web\n User = bob\n Port=24\n' },
  { title: 'small and capital letters', config: 'HOST web\n hostname X.example\n USER bob\n' },
  { title: 'an exception', config: 'Host * !web\n User other\n' },
  { title: 'an exception for others', config: 'Host * !www\n User other\n' },
  { title: 'several patterns', config: 'Host a b w?b\n Port 25\n' },
  { title: 'a host name of parts', config: 'Host web\n HostName %h.example.com\n' },
  { title: 'comments', config: '# Host web\nHost web # User x\n  # Port 1\n Port 26\n' },
  { title: 'quotes', config: 'Host "web"\n User "bob"\n HostKeyAlias "the alias"\n' },
  { title: 'Match all', config: 'Match all\n Port 27\n' },
  { title: 'Match originalhost', config: 'Match originalhost web,www\n Port 28\n' },
  { title: 'Match host', config: 'Host web\n HostName a.b\nMatch host a.*\n Port 29\n' },
  { title: 'Match host of another', config: 'Host web\n HostName a.b\nMatch host web\n Port 29\n' },
  { title: 'Match user', config: 'Host web\n User bob\nMatch user bob\n Port 30\n' },
  { title: 'Match user of the command line', user: 'eve', config: 'Match user eve\n Port 31\n' },
  { title: 'Match negated', config: 'Match !host other\n Port 32\n' },
  { title: 'Match exec', config: 'Match exec "test %h = web"\n Port 33\n' },
  { title: 'Match exec that fails', config: 'Match exec "test %h = www"\n Port 33\n' },
  { title: 'Match with several criteria', config: 'Match host web user nobody\n Port 34\n' },
  { title: 'Match final', config: 'Match final\n Port 35\nHost web\n HostName a.b\n' },
  { title: 'user and port of the command line', user: 'me', port: 99, config: 'User x\nPort 1\n' },
  { title: 'a jump', config: 'Host web\n ProxyJump bob@gate:2200\n' },
  { title: 'no jump', config: 'Host web\n ProxyJump none\nHost *\n ProxyJump gate\n' },
  {
    title: 'a command before a jump',
    config: 'Host web\n ProxyCommand nc %h %p\n ProxyJump gate\n',
  },
  {
    title: 'a jump before a command',
    config: 'Host web\n ProxyJump gate\n ProxyCommand nc %h %p\n',
  },
  { title: 'strict', config: 'StrictHostKeyChecking yes\n' },
  { title: 'not strict', config: 'StrictHostKeyChecking no\n' },
  { title: 'new keys', config: 'StrictHostKeyChecking accept-new\n' },
  { title: 'only these keys', config: 'IdentitiesOnly yes\nIdentityFile ~/.ssh/one\n' },
  { title: 'timeouts', config: 'ConnectTimeout 7\nServerAliveInterval 5\nServerAliveCountMax 2\n' },
  { title: 'timeouts with units', config: 'ConnectTimeout 1m30s\nServerAliveInterval 2M\n' },
  {
    title: 'included files',
    config: 'Include conf.d/*.conf\nUser last\n',
    more: { 'conf.d/a.conf': 'Port 36\nHost other\n', 'conf.d/b.conf': 'User b\n' },
  },
  {
    title: 'a file that is included for one host',
    config: 'Host other\n Include more\nHost web\n Port 37\n',
    more: { more: 'User more\nHost web\n User inner\n' },
  },
  { title: 'IPv6', host: '2001:db8::1', config: 'Host 2001:*\n User six\n' },
];

describe('ssh_config is read as OpenSSH reads it', () => {
  it.each(examples)('$title', ({ config, more, host = 'web', user, port }) => {
    const home = write({ config, ...more });
    // OpenSSH looks for included files where the user's own are.
    const absolute = config.replaceAll(/Include (\S+)/g, `Include ${home}/.ssh/$1`);
    writeFileSync(join(home, '.ssh/config'), absolute);
    const args = [
      ...(user === undefined ? [] : ['-l', user]),
      ...(port === undefined ? [] : ['-p', String(port)]),
    ];
    const wanted = oracle(home, [...args, host]);
    const got = resolveTarget(
      { host, ...(user === undefined ? {} : { user }), ...(port === undefined ? {} : { port }) },
      sourcesOf(home),
    );
    expect({
      hostname: got.address,
      user: got.user,
      port: String(got.port),
      only: got.onlyTheseKeys ? 'yes' : 'no',
      strict: got.newHostKey,
      alias: got.hostKeyAlias,
      jump: got.jumps.length > 0,
      command: got.proxyCommand !== undefined,
      timeout: got.connectTimeout / 1000,
      interval: String((got.aliveInterval ?? 0) / 1000),
    }).toEqual({
      hostname: wanted.get('hostname'),
      user: wanted.get('user') ?? userInfo().username,
      port: wanted.get('port'),
      only: wanted.get('identitiesonly'),
      strict: STRICT[wanted.get('stricthostkeychecking') ?? ''],
      alias: wanted.get('hostkeyalias'),
      jump: wanted.has('proxyjump'),
      command: wanted.has('proxycommand'),
      timeout: wanted.get('connecttimeout') === 'none' ? 15 : Number(wanted.get('connecttimeout')),
      interval: wanted.get('serveraliveinterval'),
    });
  });
});

describe('what is made of ssh_config', () => {
  it('expands paths and tokens', () => {
    const home = write({
      config:
        'Host web\n HostName %h.example\n User bob\n IdentityFile ~/.ssh/%r_%h_%n\n IdentityFile %d/two\n UserKnownHostsFile ~/k1 /k2\n GlobalKnownHostsFile none\n ProxyCommand nc -X 5 %h %p %%\n',
    });
    const target = resolveTarget({ host: 'web' }, sourcesOf(home));
    expect(target.keyPaths).toEqual([`${home}/.ssh/bob_web.example_web`, `${home}/two`]);
    expect(target.knownHosts).toEqual([`${home}/k1`, '/k2']);
    expect(target.proxyCommand).toBe('nc -X 5 web.example 22 %');
  });

  it('follows jumps, each with its own section', () => {
    const home = write({
      config:
        'Host web\n ProxyJump a,b\nHost a\n HostName 10.0.0.1\n ProxyJump z\nHost b\n User bee\nHost z\n Port 26\n',
    });
    const { jumps } = resolveTarget({ host: 'web' }, sourcesOf(home));
    expect(jumps.map(({ title, address, port }) => [title, address, port])).toEqual([
      ['z', 'z', 26],
      ['a', '10.0.0.1', 22],
      ['b', 'b', 22],
    ]);
  });

  it('goes through the hosts of a list, whatever their own sections say but for the first', () => {
    const home = write({
      config: 'Host web\n ProxyJump a,b\nHost a b\n ProxyCommand nc %h %p\n',
    });
    const { jumps } = resolveTarget({ host: 'web' }, sourcesOf(home));
    expect(jumps.map(({ proxyCommand }) => proxyCommand)).toEqual(['nc a 22', undefined]);
  });

  it.each([
    ['Port abc\n', 'Port abc'],
    ['Port 70000\n', 'Port 70000'],
    ['ConnectTimeout soon\n', 'ConnectTimeout soon'],
    ['ServerAliveInterval 5x\n', 'ServerAliveInterval 5x'],
    ['ServerAliveCountMax many\n', 'ServerAliveCountMax many'],
    ['ProxyJump ::1\n', 'ProxyJump ::1'],
    ['HostName a;touch${IFS}x\n', 'a;touch${ifs}x'],
    ['HostName -oProxyCommand=x\n', '-oproxycommand=x'],
    ['User $(id)\n', '$(id)'],
  ])('refuses what no host can have (%j)', (config, named) => {
    const home = write({ config });
    const resolved = (): unknown => resolveTarget({ host: 'web' }, sourcesOf(home));
    expect(resolved).toThrow(named);
    expect(resolved).toThrow(expect.objectContaining({ kind: 'invalid' }));
  });

  it('refuses a host that jumps through itself', () => {
    const home = write({ config: 'Host *\n ProxyJump gate\n' });
    expect(() => resolveTarget({ host: 'web' }, sourcesOf(home))).toThrow(/more than 8 hosts/);
  });

  it.each([
    ['', '/agent'],
    ['IdentityAgent none\n', undefined],
    ['IdentityAgent SSH_AUTH_SOCK\n', '/agent'],
    ['IdentityAgent $OTHER\n', '/other'],
    ['IdentityAgent ~/sock\n', 'HOME/sock'],
  ])('asks the right agent (%j)', (config, agent) => {
    const home = write({ config });
    const env = { SSH_AUTH_SOCK: '/agent', OTHER: '/other' };
    const target = resolveTarget({ host: 'web' }, { ...sourcesOf(home), env });
    expect(target.agentSocket).toBe(agent?.replace('HOME', home));
  });
});
