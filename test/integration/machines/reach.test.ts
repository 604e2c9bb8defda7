/** Reaching a machine as users do: at a terminal, through pipes, and with rsync and sshfs of Debian. */
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Finished, type Reaction, run, type RunOptions } from '../../support/command.ts';
import { checkout, unpackPackage } from '../../support/debian.ts';
import { startHosts, type TestHost, type TestHosts } from '../../support/hosts.ts';
import { sshHome } from '../../support/ssh-home.ts';
import { shrink, type } from '../../support/terminal.ts';

const home = sshHome();
const bin = join(home.path, 'bin');
let hosts: TestHosts;
let host: TestHost;

beforeAll(async () => {
  mkdirSync(bin);
  symlinkSync(join(checkout, 'bin/tcompose'), join(bin, 'tcompose'));
  hosts = await startHosts();
  host = await hosts.start({ image: 'bookworm-docker', authorizedKeys: [home.publicKey] });
  // A host that has just booted still starts its engine.
  await host.shell('systemctl start docker');
  const server = ['--generic-ip-address', host.address, '--generic-ssh-key', home.keyPath];
  await succeed('machine', 'create', '-d', 'generic', ...server, 'web');
});

afterAll(async () => {
  await hosts?.close();
  home[Symbol.dispose]();
});

function start(program: string, args: readonly string[], options: RunOptions): Promise<Finished> {
  const PATH = `${bin}:${options.env?.['PATH'] ?? home.env['PATH']}`;
  const env = { ...home.env, TERM: 'dumb', ...options.env, PATH };
  return run(program, args, { cwd: home.path, timeout: 60_000, ...options, env });
}

const tcompose = (args: readonly string[], options: RunOptions = {}): Promise<Finished> =>
  start('tcompose', args, options);

async function succeed(...args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await tcompose(args);
  if (code !== 0) throw new Error(`${args.join(' ')}: exit code ${code}\n${stdout}${stderr}`);
  return stdout;
}

describe('a shell at a terminal', () => {
  /** What is on the screen, then the exit code and whether the terminal is as it was before. */
  async function shell(...reactions: readonly Reaction[]): Promise<string> {
    const script =
      'stty columns 100 rows 30; before=$(stty -g); tcompose machine ssh web; code=$?; ' +
      '[ "$before" = "$(stty -g)" ] && echo "code $code, terminal as before"';
    const done = await start('script', ['-qec', script, '/dev/null'], { reactions });
    return done.stdout.replaceAll('\r', '');
  }

  it('has its size, also when that changes, its keys, and gives the exit code', async () => {
    const screen = await shell(
      type('stty size\r', '# '),
      shrink('30 100'),
      type('until [ "$(stty size)" = "25 90" ]; do :; done; stty size\r', '# '),
      type('sleep 1000; echo not reached\r', '25 90\r\n'),
      type('\x03', 'reached\r\n'),
      type('echo code of sleep: $?\r', '# '),
      type('exit 5\r', 'sleep: 130'),
    );
    expect(screen).not.toMatch(/^not reached/m);
    expect(screen).toMatch(/code 5, terminal as before\n$/);
  });

  it('ends with the end of input', async () => {
    const screen = await shell(type('\x04', '# '));
    expect(screen).toMatch(/logout\ncode 0, terminal as before\n$/);
  });

  it('leaves the terminal as it was when the connection is cut', async () => {
    const cut: Reaction = {
      after: '# ',
      act: () => void host.shell("pkill -f '^sshd: root@' || true"),
    };
    const screen = await shell(cut);
    expect(screen).toContain('lost the connection to web\n');
    expect(screen).toMatch(/code 1, terminal as before\n$/);
  });
});

it('pipes take and give a hundred megabytes unchanged, and archives', async () => {
  const script = `
    head -c 100000000 /dev/urandom >sent
    tcompose machine ssh web 'cat >/srv/sent' <sent
    tcompose machine ssh web cat /srv/sent | cmp - sent
    tcompose machine ssh web cat <sent | cmp - sent
    tar -c sent | tcompose machine ssh web tar -x -C /tmp
    tcompose machine ssh web cmp /srv/sent /tmp/sent
    tcompose machine ssh web yes | head -n 1
  `;
  const done = await start('bash', ['-ec', `set -o pipefail; ${script}`], {});
  // The last one ends since nobody reads any more, as programs do.
  expect([done.code, done.stdout, done.stderr]).toEqual([141, 'y\n', '']);
});

/** Programs out of Debian packages that this computer may not have. */
async function unpack(program: string, packages: readonly string[]): Promise<void> {
  const roots = await Promise.all(packages.map((name) => unpackPackage('bookworm', name)));
  const places = roots.map(({ root }) => root);
  const path = ['usr/bin', 'bin'].flatMap((folder) => places.map((root) => join(root, folder)));
  const found = path.map((folder) => join(folder, program)).find((file) => existsSync(file));
  const libraries = places.flatMap((root) =>
    ['usr/lib', 'lib'].map((folder) => join(root, folder, 'x86_64-linux-gnu')),
  );
  // ssh, which it starts, has its own.
  const setting = `LD_LIBRARY_PATH=${libraries.join(':')}`;
  writeFileSync(join(bin, program), `#!/bin/sh\n${setting} exec ${found} "$@"\n`);
  chmodSync(join(bin, program), 0o755);
}

/** Only what is named of this computer's programs. */
function only(...programs: readonly string[]): RunOptions {
  const folder = join(home.path, `only-${programs.join('-')}`);
  mkdirSync(folder, { recursive: true });
  for (const program of ['sh', 'readlink', 'node', ...programs]) {
    const from = (process.env['PATH'] ?? '').split(':').map((each) => join(each, program));
    const found = from.find((file) => existsSync(file));
    if (found !== undefined && !existsSync(join(folder, program))) {
      symlinkSync(found, join(folder, program));
    }
  }
  return { env: { PATH: folder } };
}

describe('scp --delta', () => {
  it('says on which side rsync is missing', async () => {
    writeFileSync(join(home.path, 'notes'), 'remember\n');
    const words = ['machine', 'scp', '-d', 'notes', 'web:/srv/'];
    const here = await tcompose(words, only());
    expect([here.code, here.stderr]).toEqual([
      1,
      expect.stringContaining('You must have a copy of the rsync binary locally'),
    ]);
    await unpack('rsync', ['rsync', 'libpopt0']);
    const there = await tcompose(words);
    expect([there.code, there.stderr]).toEqual([
      1,
      expect.stringContaining('You must have a copy of the rsync binary on web'),
    ]);
    expect(there.stderr).toContain('machine ssh web sudo apt-get install rsync');
  });

  it('sends only what differs, of any name, and keeps times', async () => {
    await host.shell('apt-get update -q && apt-get install -qy rsync');
    const folder = join(home.path, 'tree');
    mkdirSync(folder);
    const name = `it's "one" $x`;
    writeFileSync(join(folder, name), 'first');
    writeFileSync(join(folder, 'same'), 'same');
    utimesSync(join(folder, 'same'), 1_600_000_000, 1_600_000_000);
    await succeed('machine', 'scp', '-d', '-r', 'tree', 'web:/srv/');
    writeFileSync(join(folder, name), 'second');
    const again = await succeed('machine', 'scp', '-d', '-r', 'tree', 'web:/srv/');
    expect(again).toContain(name);
    expect(again).not.toContain('same');
    expect(await host.shell('cd /srv/tree; stat -c "%Y %n" same; cat it*')).toBe(
      '1600000000 same\nsecond',
    );
    expect(await succeed('machine', 'scp', '-d', '-q', `web:/srv/tree/${name}`, 'back')).toBe('');
    expect(readFileSync(join(home.path, 'back'), 'utf8')).toBe('second');
  });
});

describe('mount', () => {
  it('says what is missing, and calls sshfs with key and host key of the machine', async () => {
    const missing = await tcompose(['machine', 'mount', 'web:/etc', 'there'], only());
    expect([missing.code, missing.stderr]).toEqual([
      1,
      expect.stringContaining('You must have a copy of the sshfs binary locally'),
    ]);
    const over = await tcompose(['machine', 'mount', 'web:']);
    expect([over.code, over.stderr]).toEqual([1, expect.stringContaining('to mount it on, too')]);
    const stand = join(bin, 'sshfs');
    writeFileSync(stand, '#!/bin/sh\nprintf "%s\\n" "$@"\n');
    chmodSync(stand, 0o755);
    expect((await succeed('machine', 'mount', 'dora@web:/a b', 'there')).split('\n')).toEqual([
      '-o',
      'Port=22',
      '-o',
      `UserKnownHostsFile=${home.path}/.tcompose/machines/web/known_hosts`,
      '-o',
      'StrictHostKeyChecking=accept-new',
      '-o',
      `IdentityFile=${home.keyPath}`,
      '-o',
      'IdentitiesOnly=yes',
      `dora@${host.address}:/a b`,
      'there',
      '',
    ]);
  });

  /** Mounting needs the kernel's part, and root unless sshfs is installed by the system. */
  const usable = existsSync('/dev/fuse') && process.getuid?.() === 0;
  if (!usable) process.stderr.write('mounts are not tried: that takes root and /dev/fuse\n');

  it.skipIf(!usable)('shows a folder of the machine here until it is unmounted', async () => {
    await unpack('sshfs', ['sshfs', 'libfuse3-3', 'libglib2.0-0']);
    await unpack('fusermount3', ['fuse3', 'libfuse3-3']);
    const place = join(home.path, 'mount point');
    mkdirSync(place);
    await host.shell('mkdir "/srv/a folder" && echo there >"/srv/a folder/file"');
    await succeed('machine', 'mount', 'web:/srv/a folder', place);
    expect(readFileSync(join(place, 'file'), 'utf8')).toBe('there\n');
    writeFileSync(join(place, 'mine'), 'here');
    expect(await host.shell('cat "/srv/a folder/mine"')).toBe('here');
    // What there is without the name of version 2.
    const unmount = ['machine', 'mount', '-u', 'web:/srv/a folder', place];
    expect((await tcompose(unmount, only())).code).toBe(0);
    expect(readdirSync(place)).toEqual([]);
  });
});
