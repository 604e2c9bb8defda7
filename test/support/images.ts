/** Images for tests, made from Debian's static busybox, because no registry is needed that way. */
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EngineApi } from './api.ts';
import { succeed } from './command.ts';

/** Ends at once when asked to, unlike a bare `sleep` as first process. */
const idle = ['sh', '-c', 'trap "exit 0" TERM INT; tail -f /dev/null & wait'];

/** Name → Dockerfile instructions. */
const images: Readonly<Record<string, readonly string[]>> = {
  'busybox:latest': ['CMD ["sh"]'],
  'test-idle:latest': [`CMD ${JSON.stringify(idle)}`],
  'test-volume:latest': [`CMD ${JSON.stringify(idle)}`, 'VOLUME /data'],
  'test-healthy:latest': [
    `CMD ${JSON.stringify(idle)}`,
    'HEALTHCHECK --interval=200ms --timeout=5s --retries=20 CMD true',
  ],
  'test-user:latest': [`CMD ${JSON.stringify(idle)}`, 'USER 1000:1000', 'WORKDIR /home/user'],
  'test-web:latest': ['CMD ["httpd", "-f", "-p", "8080", "-h", "/srv"]', 'EXPOSE 8080/tcp'],
};

/** Imports all test images that the engine does not have yet. */
export async function importTestImages(api: EngineApi): Promise<void> {
  const missing: string[] = [];
  for (const name of Object.keys(images)) {
    if ((await api.call('GET', `/images/${name}/json`)).status !== 200) missing.push(name);
  }
  if (missing.length === 0) return;
  const archive = await rootArchive();
  for (const name of missing) {
    const [repository = '', tag = ''] = name.split(':');
    const query = new URLSearchParams({ fromSrc: '-', repo: repository, tag });
    for (const change of ['ENV PATH=/bin', ...(images[name] ?? [])])
      query.append('changes', change);
    const answer = await api.ask('POST', `/images/create?${query.toString()}`, archive);
    if (JSON.stringify(answer).includes('errorDetail')) {
      throw new Error(`import of ${name}: ${JSON.stringify(answer)}`);
    }
  }
}

/** A root file system with all of busybox in /bin, and a page in /srv. */
async function rootArchive(): Promise<Buffer> {
  const busybox = ['/bin/busybox', '/usr/bin/busybox'].find((path) => existsSync(path));
  if (busybox === undefined)
    throw new Error('busybox is missing: install the package busybox-static');
  const folder = mkdtempSync(join(tmpdir(), 'tcompose-image-'));
  try {
    const root = join(folder, 'root');
    for (const name of ['bin', 'etc', 'home/user', 'root', 'srv', 'tmp', 'var']) {
      mkdirSync(join(root, name), { recursive: true });
    }
    chmodSync(join(root, 'tmp'), 0o1777);
    cpSync(busybox, join(root, 'bin/busybox'));
    for (const applet of (await succeed(busybox, ['--list'])).trim().split('\n')) {
      if (applet !== 'busybox') symlinkSync('busybox', join(root, 'bin', applet));
    }
    writeFileSync(
      join(root, 'etc/passwd'),
      'root:x:0:0::/root:/bin/sh\nuser:x:1000:1000::/home/user:/bin/sh\n',
    );
    writeFileSync(join(root, 'etc/group'), 'root:x:0:\nuser:x:1000:\n');
    writeFileSync(join(root, 'srv/index.html'), 'hello\n');
    const archive = join(folder, 'root.tar');
    const reproducible = ['--sort=name', '--mtime=@0', '--owner=0', '--group=0', '--numeric-owner'];
    await succeed('tar', [...reproducible, '-C', root, '-cf', archive, '.']);
    return readFileSync(archive);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
