import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { isMachineError, type MachineError } from '../../../src/machines/machine-error.ts';
import { openSshHost } from '../../../src/machines/ssh/open-ssh-host.ts';
import { resolveTarget, targetSources } from '../../../src/machines/ssh/resolve-target.ts';
import { createSshContext, type SshContext } from '../../../src/machines/ssh/ssh-context.ts';
import type { SshStreams, SshTarget, TransferOptions } from '../../../src/machines/ssh/ssh-host.ts';
import { run, succeed } from '../../support/command.ts';
import { startHosts, type TestHost, type TestHosts } from '../../support/hosts.ts';
import { sshHome } from '../../support/ssh-home.ts';

const home = sshHome();
const { signal } = new AbortController();
let hosts: TestHosts;
let server: TestHost;
let narrow: TestHost;
const opened: SshStreams[] = [];

beforeAll(async () => {
  hosts = await startHosts();
  const authorizedKeys = [home.publicKey];
  [server, narrow] = await Promise.all([
    // Forwards to sshd itself count as connections that begin.
    hosts.start({
      authorizedKeys,
      sshdConfig: 'MaxStartups 200',
      users: [{ name: 'dora', authorizedKeys }],
    }),
    hosts.start({ authorizedKeys, sshdConfig: 'MaxSessions 2\nMaxAuthTries 2' }),
  ]);
  home.know(server.address, server.hostKey);
  home.know(narrow.address, narrow.hostKey);
});

afterEach(() => {
  for (const host of opened.splice(0)) host.close();
});

afterAll(async () => {
  await hosts.close();
  home[Symbol.dispose]();
});

function target(more: Partial<SshTarget> = {}, of: TestHost = server): SshTarget {
  const found = resolveTarget({ host: of.address, user: 'root' }, targetSources({}, home.path));
  return { ...found, title: 'server', ...more };
}

function open(
  more: Partial<SshTarget> = {},
  { of = server, context = {} }: { of?: TestHost; context?: Partial<SshContext> } = {},
): SshStreams {
  const host = openSshHost(target(more, of), createSshContext({ env: {}, ...context }));
  opened.push(host);
  return host;
}

async function failure(promise: Promise<unknown>): Promise<MachineError> {
  const [outcome] = await Promise.allSettled([promise]);
  if (outcome.status === 'rejected' && isMachineError(outcome.reason)) return outcome.reason;
  throw new Error(`no MachineError: ${JSON.stringify(outcome)}`);
}

describe('commands', () => {
  it('get their arguments exactly, and give what they print and their exit code', async () => {
    const words = ['a b', "c'd", '$HOME', '*', '', '\\', '"', 'two\nlines', 'ü'];
    const echoed = await open().run(['printf', '%s|', ...words], { signal });
    expect(echoed.stdout).toBe(words.map((word) => `${word}|`).join(''));
    const done = await open().run(['sh', '-c', 'cat; echo "$X" >&2; exit 7'], {
      signal,
      input: Readable.from(['in', 'put']),
      env: { X: "it's me" },
    });
    expect(done).toEqual({ code: 7, stdout: 'input', stderr: "it's me\n" });
  });

  it('tell the signal that ended them', async () => {
    const done = await open().run(['sh', '-c', 'kill -9 $$'], { signal });
    expect(done).toMatchObject({ code: 137, signalName: 'SIGKILL' });
  });

  it('are ended on the host when they are given up or take too long', async () => {
    const host = open();
    const late = await failure(host.run(['sleep', '1001'], { signal, timeout: 300 }));
    expect([late.kind, late.message]).toEqual([
      'timeout',
      '"sleep 1001" on server did not end within 0.3 s',
    ]);
    const stop = new AbortController();
    const stopped = host.run(['sh', '-c', 'echo begun; exec sleep 1002'], {
      signal: stop.signal,
      onOutput: () => stop.abort(new Error('enough')),
    });
    await expect(stopped).rejects.toThrow('enough');
    expect((await host.run(['pgrep', '-f', 'sleep 100[12]'], { signal })).stdout).toBe('');
  });

  it('wait for each other where a server allows few sessions', async () => {
    for (const of of [server, narrow]) {
      const host = open({}, { of });
      const numbers = Array.from({ length: 30 }, (_, index) => String(index));
      const all = await Promise.all(numbers.map((word) => host.run(['echo', word], { signal })));
      expect(all.map(({ stdout }) => stdout.trim())).toEqual(numbers);
    }
  });

  it('are told to be lost when the connection is cut, and the next one connects again', async () => {
    const host = open();
    const cut = host.run(['sh', '-c', 'echo begun; sleep 1003'], {
      signal,
      onOutput: () => void server.exec(['sh', '-c', 'pkill -KILL -f "sshd: root"']),
    });
    expect((await failure(cut)).kind).toBe('connection-lost');
    expect((await host.run(['echo', 'again'], { signal })).stdout).toBe('again\n');
  });
});

it('an interactive shell has the size of the terminal and gives its exit code', async () => {
  const [stdin, stdout] = [new PassThrough(), new PassThrough()];
  let resized = (): void => undefined;
  let rows = 20;
  const size = (): { columns: number; rows: number } => ({ columns: 77, rows });
  let printed = '';
  stdout.setEncoding('utf8').on('data', (text: string) => {
    printed += text;
    if (rows === 20 && printed.includes('20 77')) {
      rows = 33;
      resized();
      stdin.write('stty size; exit 9\n');
    }
  });
  const code = open().shell({
    words: [],
    tty: true,
    stdin,
    stdout,
    stderr: stdout,
    signal,
    size,
    onResize: (listener) => {
      resized = listener;
      return () => undefined;
    },
  });
  stdin.write('stty size\n');
  expect(await code).toBe(9);
  expect(printed).toContain('33 77');
});

describe('files', () => {
  it('are written at once, with exactly the mode', async () => {
    const host = open();
    await host.writeFile('/root/f', 'secret', { mode: 0o640, signal });
    await host.writeFile('/root/f', 'other', { mode: 0o600, signal });
    expect(
      await server.shell('stat -c %a /root/f; cat /root/f; ls -A /root | grep "f[.]" || true'),
    ).toBe('600\nother');
    expect(Buffer.from(await host.readFile('/root/f', signal)).toString()).toBe('other');
    const lost = await failure(host.writeFile('/nowhere/f', '', { mode: 0o600, signal }));
    expect(lost.message).toBe('cannot write /nowhere/f on server: No such file');
  });

  it('and directories are copied in both directions, with modes and progress', async () => {
    const host = open();
    const folder = join(home.path, 'tree');
    mkdirSync(join(folder, 'deep/empty'), { recursive: true });
    writeFileSync(join(folder, 'deep/big'), 'x'.repeat(3_000_000));
    writeFileSync(join(folder, 'run'), '');
    chmodSync(join(folder, 'run'), 0o755);
    const seen = new Map<string, number>();
    const onProgress = ({
      path,
      done,
      total,
    }: {
      path: string;
      done: number;
      total: number;
    }): void => void seen.set(path, done / Math.max(total, 1));
    await host.upload(folder, '/root', { recursive: true, signal, onProgress });
    expect(seen.get('/root/tree/deep/big')).toBe(1);
    expect(
      await server.shell('cd /root/tree; find . -type d | sort; stat -c "%a %s" run deep/big'),
    ).toBe('.\n./deep\n./deep/empty\n755 0\n644 3000000\n');
    await host.download('/root/tree', join(home.path, 'back'), { recursive: true, signal });
    expect(statSync(join(home.path, 'back/run')).mode & 0o777).toBe(0o755);
    expect(readFileSync(join(home.path, 'back/deep/big'), 'utf8')).toHaveLength(3_000_000);
    expect(existsSync(join(home.path, 'back/deep/empty'))).toBe(true);
    const refused = await failure(host.upload(folder, '/root', { recursive: false, signal }));
    expect(refused.message).toContain('is a directory');
  });

  it('of any name arrive, and what was there keeps its mode, its owner and the link to it', async () => {
    const host = open();
    const name = `two\nlines 'q" $x`;
    const local = join(home.path, name);
    writeFileSync(local, 'new');
    await server.shell('echo old >/srv/kept; chmod 600 /srv/kept; chown nobody /srv/kept');
    await server.shell('ln -s kept /srv/link');
    const options = { recursive: false, signal };
    await host.upload(local, '/srv/', options);
    await host.upload(local, '/srv/link', options);
    await host.upload(local, '/dev/null', options);
    expect(await server.shell('stat -c "%F %a %U" /srv/link /srv/kept /dev/null')).toBe(
      'symbolic link 777 root\nregular file 600 nobody\ncharacter special file 666 root\n',
    );
    expect(await server.shell('cat /srv/kept; ls -A /srv | grep -c "^[.]" || true')).toBe('new0\n');
    writeFileSync(join(home.path, 'mine'), 'old', { mode: 0o600 });
    symlinkSync('mine', join(home.path, 'to-mine'));
    await host.download(`/srv/${name}`, join(home.path, 'to-mine'), options);
    expect(readFileSync(join(home.path, 'mine'), 'utf8')).toBe('new');
    expect(statSync(join(home.path, 'mine')).mode & 0o777).toBe(0o600);
    const lost = await failure(host.upload(local, '/nowhere/', options));
    expect(lost.message).toBe('there is no folder /nowhere/ on server');
    const absent = await failure(host.upload(join(home.path, 'no'), '/srv/', options));
    expect(absent.message).toBe(`cannot read ${home.path}/no: there is no such file or folder`);
    const denied = await failure(open({ user: 'dora' }).upload(local, '/etc/passwd', options));
    expect([denied.message, denied.hint]).toEqual([
      'cannot write /etc/passwd on server: Permission denied',
      'dora may not write there: copy it to a folder of that user, and move it with sudo.',
    ]);
  });

  it('that are none are told after the rest was copied, and links that lead in a circle end', async () => {
    const host = open();
    const folder = join(home.path, 'odd');
    mkdirSync(join(folder, 'sub'), { recursive: true });
    writeFileSync(join(folder, 'sub/file'), '');
    symlinkSync('nowhere', join(folder, 'broken'));
    symlinkSync('..', join(folder, 'sub/up'));
    const up = await failure(host.upload(folder, '/srv', { recursive: true, signal }));
    expect(up.message).toBe(
      `neither a file nor a folder, and so not copied: ${folder}/broken, ${folder}/sub/up`,
    );
    expect(await server.shell('find /srv/odd -type f')).toBe('/srv/odd/sub/file\n');
    await server.shell('ln -s .. /srv/odd/sub/up; mkfifo /srv/odd/pipe');
    const back = join(home.path, 'odd-back');
    const down = await failure(host.download('/srv/odd', back, { recursive: true, signal }));
    expect(down.message).toContain('/srv/odd/pipe');
    expect(down.message).toContain('/srv/odd/sub/up');
    expect(readdirSync(join(back, 'sub'))).toEqual(['file']);
  });

  it('that are copied only half never have their name', async () => {
    const host = open();
    const [big, back] = [join(home.path, 'big'), join(home.path, 'back-half')];
    writeFileSync(big, Buffer.alloc(20_000_000));
    mkdirSync(back);
    await server.shell('mkdir /srv/half; truncate -s 20000000 /srv/big');
    const whole = { recursive: false, signal };
    const interrupted = (act: (options: TransferOptions) => Promise<void>): Promise<void> => {
      const { signal: stopped, abort } = stopper();
      return act({ recursive: false, signal: stopped, onProgress: abort });
    };
    await expect(
      interrupted((options) => host.upload(big, '/srv/half/big', options)),
    ).rejects.toThrow('stopped');
    expect(await server.shell('ls -A /srv/half')).toBe('');
    await expect(
      interrupted((options) => host.download('/srv/big', join(back, 'big'), options)),
    ).rejects.toThrow('stopped');
    expect(readdirSync(back)).toEqual([]);

    // The server's program for files ends, then the connection.
    for (const [ended, words] of [
      ['sftp-server', 'its program for files has ended'],
      ['sshd: root@', 'lost the connection to server'],
    ] as const) {
      let once = true;
      const kill = (): void => {
        if (once) void server.shell(`pkill -f '^[^ ]*${ended}' || true`);
        once = false;
      };
      const lost = await failure(
        host.download('/srv/big', join(back, 'big'), { ...whole, onProgress: kill }),
      );
      expect(lost.message).toContain(words);
      expect(readdirSync(back)).toEqual([]);
    }
    await host.download('/srv/big', join(back, 'big'), whole);
  });
});

function stopper(): { readonly signal: AbortSignal; readonly abort: () => void } {
  const controller = new AbortController();
  return { signal: controller.signal, abort: () => controller.abort(new Error('stopped')) };
}

it('a hundred forwards at a time share one connection, to sockets and to addresses', async () => {
  const host = open();
  // sshd itself answers at its port, systemd at a socket.
  const banner = async (): Promise<string> => {
    const stream = await host.forward({ host: '127.0.0.1', port: 22 }, signal);
    const [data] = (await once(stream, 'data')) as [Buffer];
    stream.destroy();
    return data.toString('latin1').slice(0, 8);
  };
  const all = await Promise.all(Array.from({ length: 100 }, banner));
  expect(new Set(all)).toEqual(new Set(['SSH-2.0-']));
  const socket = await host.forward({ socket: '/run/systemd/private' }, signal);
  socket.destroy();
  await expect(host.forward({ socket: '/nowhere' }, signal)).rejects.toThrow(/open failed/);
});

it('forty connections at a time all come about', async () => {
  const context = createSshContext({ env: {} });
  const all = Array.from({ length: 40 }, () => openSshHost(target({}, narrow), context));
  opened.push(...all);
  await Promise.all(all.map((host) => host.connect(signal)));
});

describe('ways', () => {
  it('lead through other hosts', async () => {
    const jumps = [target({ title: 'gate' }, narrow)];
    const done = await open({ jumps }).run(['sh', '-c', 'echo $SSH_CLIENT'], { signal });
    expect(done.stdout.split(' ')[0]).toBe(narrow.address);
    const lost = await failure(open({ jumps, port: 1 }).connect(signal));
    expect(lost.message).toContain('through gate: (SSH) Channel open failure: Connection refused');
  });

  it('lead through a command', async () => {
    const config = `ssh -F /dev/null -i ${home.keyPath} -o UserKnownHostsFile=${home.path}/.ssh/known_hosts`;
    const proxyCommand = `${config} -W ${server.address}:22 root@${narrow.address}`;
    const done = await open({ proxyCommand }).run(['hostname'], { signal });
    expect(done.stdout.trim()).toBe(server.name);
  });
});

describe('keys', () => {
  it('of an agent are used, and those that are not accepted are named', async () => {
    using stranger = sshHome();
    const socket = join(home.path, 'agent');
    const agent = spawn('ssh-agent', ['-D', '-a', socket], { stdio: 'ignore' });
    try {
      const env = { ...process.env, SSH_AUTH_SOCK: socket };
      const add = (key: string): Promise<string> => succeed('ssh-add', ['-q', key], { env });
      while ((await run('ssh-add', ['-l'], { env })).code === 2) {
        if (agent.exitCode !== null) throw new Error('no ssh-agent');
      }
      await add(stranger.keyPath);
      const alone = { keyPaths: [], agentSocket: socket };
      const refused = await failure(open(alone).connect(signal));
      expect(refused.kind).toBe('auth');
      expect(refused.message).toContain('key somebody of the agent was not accepted');
      await add(home.keyPath);
      await open(alone).connect(signal);
      const only = { keyPaths: [stranger.keyPath], onlyTheseKeys: true, agentSocket: socket };
      expect((await failure(open(only).connect(signal))).kind).toBe('auth');
    } finally {
      agent.kill();
    }
  });

  it('with a passphrase are unlocked once, and without a terminal it is said what to do', async () => {
    using careful = sshHome({ passphrase: 'open sesame' });
    await server.shell(`echo '${careful.publicKey}' >>/root/.ssh/authorized_keys`);
    const keys = { keyPaths: [careful.keyPath], onlyTheseKeys: true };
    const asked: string[] = [];
    const answers = ['wrong', 'open sesame'];
    const context = createSshContext({
      env: {},
      askSecret: (question) => {
        asked.push(question);
        return Promise.resolve(answers.shift() ?? '');
      },
    });
    for (const round of [1, 2]) {
      const host = openSshHost(target(keys), context);
      opened.push(host);
      await host.connect(signal);
      expect(asked, `round ${round}`).toHaveLength(2);
    }
    const refused = await failure(open(keys).connect(signal));
    expect(refused.message).toContain('there is no terminal to ask for it on');
    expect(refused.hint).toContain('ssh-add');
  });

  it('that are more than a server listens to are told as that', async () => {
    using one = sshHome();
    using two = sshHome();
    const keyPaths = [one.keyPath, two.keyPath, home.keyPath];
    const many = { keyPaths, onlyTheseKeys: true };
    const refused = await failure(open(many, { of: narrow }).connect(signal));
    expect(refused.kind).toBe('auth');
    expect(refused.message).toContain('the server listens to no more keys');
    expect(refused.hint).toContain('IdentitiesOnly');
  });

  it('that others can read, that are missing or broken are named with the reason', async () => {
    using sloppy = sshHome();
    chmodSync(sloppy.keyPath, 0o644);
    const broken = join(sloppy.path, 'broken');
    writeFileSync(broken, 'no key\n', { mode: 0o600 });
    const keyPaths = [sloppy.keyPath, broken, join(sloppy.path, 'missing')];
    const refused = await failure(open({ keyPaths, onlyTheseKeys: true }).connect(signal));
    expect(refused.message).toContain(`${sloppy.keyPath} may be read by others (mode 0644)`);
    expect(refused.message).toContain(`${broken} is no private key`);
    expect(refused.message).toContain(`${sloppy.path}/missing does not exist`);
    expect(refused.hint).toContain(`chmod 600 ${sloppy.keyPath}`);
  });
});

describe('host keys', () => {
  it('that are new are remembered when that is wanted, asked about or refused otherwise', async () => {
    const file = join(home.path, 'new/known_hosts');
    const fresh = { knownHosts: [file] };
    const refused = await failure(open({ ...fresh, newHostKey: 'ask' }).connect(signal));
    expect([refused.kind, existsSync(file)]).toEqual(['host-key', false]);
    expect(
      (await failure(open({ ...fresh, newHostKey: 'refuse' }).connect(signal))).hint,
    ).toContain('ssh-keygen -lf');
    const confirm = (): Promise<boolean> => Promise.resolve(true);
    await open({ ...fresh, newHostKey: 'ask' }, { context: { confirm } }).connect(signal);
    expect(readFileSync(file, 'utf8')).toBe(`${server.address} ${server.hostKey}\n`);
    await open({ ...fresh, newHostKey: 'refuse' }).connect(signal);
    expect(await succeed('ssh-keygen', ['-F', server.address, '-f', file])).toContain('found');
  });

  it('that changed are refused, whatever is said about new ones', async () => {
    const file = join(home.path, 'changed');
    writeFileSync(file, `\n${server.address} ${narrow.hostKey}\n`);
    const refused = await failure(
      open({ knownHosts: [file], newHostKey: 'accept' }).connect(signal),
    );
    expect(refused.kind).toBe('host-key');
    expect(refused.message.match(/SHA256:/g)).toHaveLength(2);
    expect(refused.message).toContain(`${file}:2`);
  });
});

it.each<[string, Partial<SshTarget>, RegExp]>([
  ['a closed port', { port: 1 }, /:1\): nothing listens there \(connection refused\) \(tried for/],
  [
    'a name that does not exist',
    { address: 'no.such.invalid' },
    /there is no such name|could not be looked up/,
  ],
])('%s is told as what it is', async (_title, more, message) => {
  const lost = await failure(open(more).connect(signal));
  expect(lost.kind).toBe('unreachable');
  expect(lost.message).toMatch(message);
  expect(lost.hint).toBeDefined();
});

it('a host that hangs is given up after the time that it has', async () => {
  const hung = open({ connectTimeout: 700 }, { of: narrow });
  await narrow.pause();
  try {
    expect((await failure(hung.connect(signal))).message).toMatch(
      /it (does not answer|did not answer the SSH handshake) \(waited 0\.7 s\)/,
    );
  } finally {
    await narrow.resume();
  }
});
