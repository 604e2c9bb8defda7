/** When certificates come into a machine's folder: a host that answers as a script says shows each way. */
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { provisionWithCertificates } from '../../../../src/app/machine/set-up.ts';
import type { ProvisionReport } from '../../../../src/machines/provision/provision.ts';
import type { SshHost } from '../../../../src/machines/ssh/ssh-host.ts';
import { MACHINE_DROP_IN, machineDropIn } from '../../machines/provision/exposed-fixtures.ts';
import { DEFAULT_ENGINE } from '../../../../src/machines/lifecycle/create-request.ts';

let base: string;
let folder: string;

const before = { 'ca.pem': 'their authority', 'cert.pem': 'cert', 'key.pem': 'key' };

beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), 'tcompose-set-up-'));
  folder = join(base, 'machines/web');
  mkdirSync(folder, { recursive: true });
  for (const [name, text] of Object.entries(before)) writeFileSync(join(folder, name), text);
});

afterEach(() => rmSync(base, { recursive: true }));

function read(): Record<string, string> {
  const names = readdirSync(folder).toSorted();
  return Object.fromEntries(names.map((name) => [name, readFileSync(join(folder, name), 'utf8')]));
}

/** A host with an engine that docker-machine has exposed; `starts`: whether it comes up with other certificates. */
function exposedHost(starts: boolean): { readonly host: SshHost; readonly ran: string[] } {
  const ran: string[] = [];
  const files = new Map<string, string>();
  const section = (name: string, text: string): string =>
    `${name}:\n${text.replace(/^/gm, ' ')}\n\n`;
  const facts = (): string =>
    [
      section('root', 'root'),
      section('user', 'root'),
      section('time', '1795688028'),
      section('unit', 'ActiveState=active\nUnitFileState=enabled'),
      section('fragment', '[Service]\nExecStart=/usr/bin/dockerd -H fd://'),
      section(`dropin ${MACHINE_DROP_IN}`, machineDropIn()),
      section('dockerd', '/usr/bin/dockerd'),
      section('dockerd-version', 'Docker version 28.5.2, build x'),
      section('tls', [...files].map(([path, text]) => `${sha256(text)}  ${path}`).join('\n')),
      ...(files.has('/var/lib/tcompose/engine.json')
        ? [section('record', files.get('/var/lib/tcompose/engine.json') ?? '')]
        : []),
    ].join('');
  const host = {
    target: { title: 'web', address: '192.0.2.7' },
    run: (argv: readonly string[], { input = '' }: { readonly input?: string } = {}) => {
      const [, , , kind = '', ...words] = argv;
      if (argv[1] === '-s') return Promise.resolve({ code: 0, stdout: facts(), stderr: '' });
      ran.push(argv.join(' '));
      if (kind === 'write') files.set(words[0] ?? '', input);
      if (kind === 'replace') {
        const texts = input.split('--- end of file ---\n');
        words.slice(1).forEach((word, index) => {
          if (index % 3 === 0) files.set(word, texts[index / 3] ?? '');
        });
      }
      const code = !starts && argv.join(' ').includes('systemctl restart') ? 1 : 0;
      return Promise.resolve({ code, stdout: '', stderr: '' });
    },
  };
  return { host: host as unknown as SshHost, ran };
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function setUp(
  host: SshHost,
  rest: { readonly configure: boolean; readonly dryRun?: boolean },
): Promise<ProvisionReport> {
  return provisionWithCertificates(base)({
    machine: 'web',
    provider: 'generic',
    host,
    engine: { ...DEFAULT_ENGINE, tlsPort: 2376 },
    only: 'exposure',
    ...rest,
    onEvent: () => undefined,
    signal: new AbortController().signal,
  });
}

describe('certificates in a machine’s folder', () => {
  it('stay where the engine is left as it is, which knows no others', async () => {
    const { host, ran } = exposedHost(true);
    expect(await setUp(host, { configure: false })).toMatchObject({ changes: [], left: [] });
    expect(ran).toEqual([]);
    expect(read()).toEqual(before);
  });

  it('stay where it is only looked up what would be done', async () => {
    const { host, ran } = exposedHost(true);
    const { planned = [] } = await setUp(host, { configure: true, dryRun: true });
    expect(planned.map(({ title }) => title)).toEqual([
      'write certificates to /etc/docker',
      'restart the engine',
    ]);
    expect(ran).toEqual([]);
    expect(read()).toEqual(before);
  });

  it('stay where the engine does not come up with others, and has its own back', async () => {
    const { host, ran } = exposedHost(false);
    await expect(setUp(host, { configure: true })).rejects.toMatchObject({
      step: 'restart the engine',
    });
    expect(ran.some((line) => line.includes(' restore /etc/docker/ca.pem '))).toBe(true);
    expect(read()).toEqual(before);
  });

  it('come once the engine runs with them, with an authority of the machine’s own', async () => {
    const { host, ran } = exposedHost(true);
    const { changes } = await setUp(host, { configure: true });
    expect(changes).toEqual(['write certificates to /etc/docker', 'restart the engine']);
    const after = read();
    expect(Object.keys(after)).toEqual([
      'ca-key.pem',
      'ca.pem',
      'cert.pem',
      'key.pem',
      'server-key.pem',
      'server.pem',
    ]);
    for (const name of Object.keys(before)) expect(after[name]).toContain('-----BEGIN');
    expect(ran.join('\n')).not.toContain('PRIVATE KEY');
    const again = await setUp(host, { configure: true });
    expect(again.changes).toEqual([]);
    expect(read()).toEqual(after);
  });
});
