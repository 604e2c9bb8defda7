/**
 * Docker's package repository as a host sees it: a signed apt repository at https://download.docker.com, served by this
 * process, with packages that have Docker's names, versions and relations, and Debian's programs.
 */
import { execFileSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import {
  cpSync,
  createReadStream,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type Server } from 'node:https';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { machineCertificates } from '../../src/machines/provision/certificates.ts';
import { succeed } from './command.ts';
import { unpackPackage } from './debian.ts';
import type { TestHost, TestHosts } from './hosts.ts';

/** Versions of the engine in the repository; the last one has a dockerd that does not start. */
const DOCKER_VERSIONS = ['28.5.1', '28.5.2', '29.0.0'] as const;

/** See the top of this file. */
export class DockerRepository implements AsyncDisposable {
  /** Of the key that signs it. */
  readonly fingerprint: string;
  /** Paths that were asked for. */
  readonly requests: string[] = [];
  readonly #folder: string;
  readonly #server: Server;
  readonly #authority: string;
  readonly #address: string;

  private constructor(
    made: { readonly folder: string; readonly fingerprint: string },
    served: { readonly server: Server; readonly authority: string; readonly address: string },
  ) {
    this.#folder = made.folder;
    this.fingerprint = made.fingerprint;
    this.#server = served.server;
    this.#authority = served.authority;
    this.#address = served.address;
    this.#server.on('request', (request, response) => {
      const path = decodeURIComponent(request.url ?? '');
      this.requests.push(path);
      const file = join(this.#folder, path);
      if (path.includes('..') || !existsSync(file) || !statSync(file).isFile()) {
        response.writeHead(404).end();
        return;
      }
      response.writeHead(200, { 'content-length': statSync(file).size });
      createReadStream(file).pipe(response);
    });
  }

  /** Makes it and serves it at an address that the hosts reach. */
  static async start(hosts: TestHosts): Promise<DockerRepository> {
    const folder = mkdtempSync(join(tmpdir(), 'tcompose-docker-'));
    const address = hosts.machineAddress;
    const files = new Map<string, string>();
    const { server: tls } = await machineCertificates(
      {
        readFile: (name) => Promise.resolve(files.get(name)),
        writeFile: (name, text) => Promise.resolve(void files.set(name, text)),
      },
      { machine: 'download', names: ['download.docker.com'], now: Date.now() },
    );
    const fingerprint = await makeRepository(folder);
    const server = createServer({ key: tls.key, cert: tls.certificate });
    await new Promise<void>((resolve, reject) => {
      server.on('error', reject);
      server.listen(443, address, resolve);
    });
    server.unref();
    return new DockerRepository({ folder, fingerprint }, { server, authority: tls.ca, address });
  }

  /** Lets a host find it, by the name and with the certificate that Docker's has. */
  async showTo(host: TestHost): Promise<void> {
    await host.exec(
      [
        'sh',
        '-c',
        'cat >/usr/local/share/ca-certificates/docker-test.crt && update-ca-certificates',
      ],
      this.#authority,
    );
    await host.shell(
      `echo '${this.#address} download.docker.com' >>/etc/hosts; echo 'Acquire::https::Proxy "DIRECT";' >/etc/apt/apt.conf.d/01docker`,
    );
  }

  /** Puts something at a path of it. */
  write(path: string, text: string): void {
    mkdirSync(dirname(join(this.#folder, path)), { recursive: true });
    writeFileSync(join(this.#folder, path), text);
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    rmSync(this.#folder, { recursive: true, force: true });
    return new Promise((resolve) => this.#server.close(() => resolve()));
  }
}

const SUITE = 'linux/debian/dists/trixie';
const POOL = `${SUITE}/pool/stable`;

/** Fills a folder; the fingerprint of the key that signed it. */
async function makeRepository(folder: string): Promise<string> {
  const pool = join(folder, POOL);
  mkdirSync(pool, { recursive: true });
  for (const description of await descriptions()) await buildPackage(folder, description);
  const architecture = (await succeed('dpkg', ['--print-architecture'])).trim();
  const packages = await listPackages(pool);
  const list = `stable/binary-${architecture}/Packages`;
  const at = join(folder, SUITE);
  mkdirSync(dirname(join(at, list)), { recursive: true });
  writeFileSync(join(at, list), packages);
  const release = [
    'Origin: Docker',
    'Suite: trixie',
    'Codename: trixie',
    `Architectures: ${architecture}`,
    'Components: stable',
    `Date: ${new Date().toUTCString().replace('GMT', 'UTC')}`,
    'SHA256:',
    ` ${sha256(packages)} ${Buffer.byteLength(packages)} ${list}`,
    '',
  ].join('\n');
  return sign(folder, release);
}

/** Makes a key for this once, signs with it and puts it where Docker's is. */
function sign(folder: string, release: string): string {
  const home = join(folder, 'gnupg');
  mkdirSync(home, { mode: 0o700 });
  const gpg = (args: readonly string[], input = ''): string =>
    execFileSync('gpg', ['--homedir', home, '--batch', '--quiet', ...args], {
      input,
      encoding: 'utf8',
      stdio: ['pipe', 'pipe', 'pipe'],
    });
  try {
    const identity = ['--passphrase', '', '--quick-generate-key', 'Stand-in <docker@invalid>'];
    gpg([...identity, 'rsa2048', 'sign', '1d']);
    const listed = gpg(['--with-colons', '--list-keys']);
    writeFileSync(
      join(folder, SUITE, 'InRelease'),
      gpg(['--clearsign', '--digest-algo', 'SHA512'], release),
    );
    writeFileSync(join(folder, 'linux/debian/gpg'), gpg(['--armor', '--export']));
    return /^fpr:+([0-9A-F]{40}):/m.exec(listed)?.[1] ?? '';
  } finally {
    execFileSync('gpgconf', ['--homedir', home, '--kill', 'all']);
    rmSync(home, { recursive: true, force: true });
  }
}

interface Description {
  readonly fields: Readonly<Record<string, string>>;
  /** Files by their place in the package: where they lie here, or their text. */
  readonly files: Readonly<Record<string, { readonly from: string } | { readonly text: string }>>;
  readonly postinst?: string;
}

const PROGRAMS = 'usr/libexec/programs';

/** Starts a program, whose process it becomes. */
function program(name: string): { readonly text: string } {
  return { text: `#!/bin/sh\nexec /${PROGRAMS}/${name} "$@"\n` };
}

async function descriptions(): Promise<readonly Description[]> {
  const root = async (name: string): Promise<string> => (await unpackPackage('sid', name)).root;
  const [engine, cli, containerd, runc, tini] = await Promise.all(
    ['docker.io', 'docker-cli', 'containerd', 'runc', 'tini-static'].map(root),
  );
  const from = (base: string | undefined, path: string): { readonly from: string } => ({
    from: join(base ?? '', path),
  });
  const units = 'usr/lib/systemd/system';
  const unit = readFileSync(join(engine ?? '', units, 'docker.service'), 'utf8')
    .replace('/usr/sbin/dockerd', '/usr/bin/dockerd')
    .replaceAll(/^EnvironmentFile=.*\n| \$DOCKER_OPTS/gm, '');
  const start = (names: string): string =>
    `#!/bin/sh\nset -e\ngetent group docker >/dev/null || groupadd --system docker\nsystemctl daemon-reload\nfor unit in ${names}; do systemctl enable -q $unit; systemctl restart $unit || true; done\n`;
  const versions = DOCKER_VERSIONS.flatMap((version): Description[] => {
    const full = `5:${version}-1~debian.13~trixie`;
    const broken = version === '29.0.0';
    return [
      {
        fields: {
          Package: 'docker-ce',
          Version: full,
          Depends: 'containerd.io, docker-ce-cli, iptables',
          Conflicts: 'docker, docker-engine, docker.io',
          Replaces: 'docker-engine',
        },
        files: {
          'usr/bin/dockerd': broken
            ? {
                text: '#!/bin/sh\necho "failed to start daemon: the data is too old" >&2\nexit 1\n',
              }
            : program('dockerd'),
          'usr/bin/docker-proxy': program('docker-proxy'),
          'usr/bin/docker-init': program('docker-init'),
          [`${units}/docker.service`]: { text: unit },
          [`${units}/docker.socket`]: from(engine, `${units}/docker.socket`),
        },
        postinst: start('docker.socket docker.service'),
      },
      {
        fields: { Package: 'docker-ce-cli', Version: full, Conflicts: 'docker.io, docker-cli' },
        files: { 'usr/bin/docker': program('docker') },
      },
    ];
  });
  return [
    ...versions,
    {
      fields: {
        Package: 'containerd.io',
        Version: '1.7.28-1~debian.13~trixie',
        Provides: 'containerd, runc',
        Conflicts: 'containerd, runc',
        Replaces: 'containerd, runc',
      },
      files: {
        'usr/bin/containerd': from(containerd, 'usr/bin/containerd'),
        'usr/bin/containerd-shim-runc-v2': from(containerd, 'usr/bin/containerd-shim-runc-v2'),
        'usr/bin/runc': from(runc, 'usr/sbin/runc'),
        // What does not differ between the versions of the engine is here, once.
        [`${PROGRAMS}/dockerd`]: from(engine, 'usr/sbin/dockerd'),
        [`${PROGRAMS}/docker-proxy`]: from(engine, 'usr/sbin/docker-proxy'),
        [`${PROGRAMS}/docker-init`]: from(tini, 'usr/bin/tini-static'),
        [`${PROGRAMS}/docker`]: from(cli, 'usr/bin/docker'),
        [`${units}/containerd.service`]: from(containerd, `${units}/containerd.service`),
      },
      postinst: start('containerd.service'),
    },
    {
      fields: { Package: 'docker-buildx-plugin', Version: '0.29.1-1~debian.13~trixie' },
      files: {
        'usr/libexec/docker/cli-plugins/docker-buildx': { text: '#!/bin/sh\nexit 0\n' },
      },
    },
  ];
}

async function buildPackage(folder: string, description: Description): Promise<void> {
  const { fields, files, postinst } = description;
  const tree = join(folder, `tree-${randomBytes(4).toString('hex')}`);
  const architecture = (await succeed('dpkg', ['--print-architecture'])).trim();
  const control = {
    ...fields,
    Architecture: architecture,
    Maintainer: 'Nobody <nobody@invalid>',
    Description: 'stand-in',
  };
  mkdirSync(join(tree, 'DEBIAN'), { recursive: true });
  writeFileSync(
    join(tree, 'DEBIAN/control'),
    Object.entries(control)
      .map(([key, value]) => `${key}: ${value}\n`)
      .join(''),
  );
  if (postinst !== undefined)
    writeFileSync(join(tree, 'DEBIAN/postinst'), postinst, { mode: 0o755 });
  for (const [path, content] of Object.entries(files)) {
    const to = join(tree, path);
    mkdirSync(dirname(to), { recursive: true });
    const mode = path.includes('/systemd/') ? 0o644 : 0o755;
    if ('from' in content) cpSync(content.from, to, { dereference: true });
    else writeFileSync(to, content.text, { mode });
  }
  const name = `${fields['Package'] ?? ''}_${(fields['Version'] ?? '').replace(/^5:/, '')}_${architecture}.deb`;
  const target = join(folder, POOL, name);
  await succeed('dpkg-deb', ['-Znone', '--root-owner-group', '-b', tree, target]);
  rmSync(tree, { recursive: true });
}

async function listPackages(pool: string): Promise<string> {
  const names = (await succeed('ls', [pool])).trim().split('\n');
  const stanzas = await Promise.all(
    names.map(async (name) => {
      const file = join(pool, name);
      const control = (await succeed('dpkg-deb', ['-f', file])).trim();
      const digest = sha256(readFileSync(file));
      return `${control}\nFilename: dists/trixie/pool/stable/${name}\nSize: ${statSync(file).size}\nSHA256: ${digest}\n`;
    }),
  );
  return `${stanzas.join('\n')}\n`;
}

function sha256(data: string | Buffer): string {
  return createHash('sha256').update(data).digest('hex');
}
