/** Engines that docker-machine has exposed: other certificates for them, and the port closed. */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { HOST_CHECKS } from '../../../../src/machines/provision/doctor-checks.ts';
import { TLS_DROP_IN } from '../../../../src/machines/provision/engine-unit.ts';
import type { HostFacts } from '../../../../src/machines/provision/facts.ts';
import { replaceStep, restoreSet } from '../../../../src/machines/provision/file-set.ts';
import { planHost } from '../../../../src/machines/provision/plan.ts';
import type { PlanInput } from '../../../../src/machines/provision/plan-input.ts';
import { type Plan, planText, type Step } from '../../../../src/machines/provision/step.ts';
import type { EngineOptions } from '../../../../src/machines/store/machine-record.ts';
import { MACHINE_DROP_IN, machineDropIn } from './exposed-fixtures.ts';
import { debianWithEngine, planInput } from './fixtures.ts';

const exposed: HostFacts = {
  ...debianWithEngine,
  dropIns: { [MACHINE_DROP_IN]: machineDropIn() },
  daemonJson: '{"max-concurrent-downloads": 2, "labels": ["own=1"]}',
};
const tls = { ca: 'CA\n', certificate: 'CERT\n', key: 'SECRET\n' };
const renewing = { only: 'exposure', tls } as const;
const closing = { only: 'exposure', close: true } as const;

function plan(
  facts: Partial<HostFacts>,
  engine: Partial<EngineOptions>,
  rest: Partial<PlanInput>,
): Plan {
  const made = planHost(planInput({ ...exposed, ...facts }, engine, rest));
  if (!made.ok) throw new Error(made.error.message);
  return made.value;
}

function titles({ steps }: Plan): string[] {
  return steps.filter(({ quiet }) => quiet !== true).map(({ title }) => title);
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

describe('other certificates', () => {
  it('lie where the drop-in names them, and nothing else changes', async () => {
    const made = plan({}, { tlsPort: 2376, labels: ['new=1'], env: ['A=b'] }, renewing);
    const file = join(import.meta.dirname, 'golden/exposed-certificates.txt');
    await expect(planText(made)).toMatchFileSnapshot(file);
    expect(made.steps.flatMap(({ argv }) => argv).join()).not.toContain('SECRET');
  });

  it('are not written, and nothing is restarted, where they are there', () => {
    const digests = {
      '/etc/docker/ca.pem': sha256(tls.ca),
      '/etc/docker/server.pem': sha256(tls.certificate),
      '/etc/docker/server-key.pem': sha256(tls.key),
    };
    const record = JSON.stringify({ version: 1, installed: false, complete: true, daemon: {} });
    expect(plan({ tls: digests, record }, { tlsPort: 2376 }, renewing).steps).toEqual([]);
  });

  it('are all that is put there by a create that asks for TLS and no more than is there', () => {
    const engine = { tlsPort: 2376, labels: ['tier=web'], options: ['log-level=warn'] };
    const made = plan({}, engine, { tls });
    expect(titles(made)).toEqual(['write certificates to /etc/docker', 'restart the engine']);
    // What docker-machine told the engine is not tcompose's to take away again.
    expect(made.steps.at(-1)?.input).toContain('"daemon":{}');
  });

  it('make tcompose’s own drop-in needless', () => {
    const dropIns = { ...exposed.dropIns, [TLS_DROP_IN]: '[Service]\n' };
    expect(titles(plan({ dropIns }, { tlsPort: 2376 }, renewing))).toContain(
      `remove ${TLS_DROP_IN}`,
    );
  });

  it.each([
    ['on another port', machineDropIn(), 2400, ['port 2376, not 2400', '--engine-tls-port 2376']],
    [
      'without --tlsverify',
      machineDropIn().replace('--tlsverify ', ''),
      2376,
      ['opens port 2376 without', '--engine-tls=false'],
    ],
  ])('are refused for an engine %s', (_, text, tlsPort, [message = '', hint = '']) => {
    const facts = { ...exposed, dropIns: { [MACHINE_DROP_IN]: text } };
    expect(planHost(planInput(facts, { tlsPort }, renewing))).toMatchObject({
      ok: false,
      error: { message: expect.stringContaining(message), hint: expect.stringContaining(hint) },
    });
  });
});

describe('options for an engine that docker-machine has told some', () => {
  it('move all into daemon.json, as dockerd takes none from both places', async () => {
    const made = plan({}, { tlsPort: 2376, labels: ['tier=db'] }, { tls });
    const file = join(import.meta.dirname, 'golden/exposed-configured.txt');
    await expect(planText(made)).toMatchFileSnapshot(file);
  });

  it('are refused where somebody else’s unit says the same, which would keep it from starting', () => {
    const dropIns = {
      '/etc/systemd/system/docker.service.d/own.conf':
        '[Service]\nExecStart=\nExecStart=/usr/sbin/dockerd -H fd:// --label a=b\n',
    };
    const input = planInput({ ...debianWithEngine, dropIns }, { labels: ['c=d'] });
    expect(planHost(input)).toMatchObject({
      ok: false,
      error: { message: expect.stringContaining('says --label a=b (/etc/systemd/') },
    });
    expect(planHost({ ...input, engine: { ...input.engine, labels: ['provider=x'] } }).ok).toBe(
      false,
    );
    const options = ['log-level=warn'];
    const other = planInput(
      { ...debianWithEngine, dropIns, daemonJson: '{"labels":["provider=generic"]}' },
      { options },
    );
    expect(planHost(other).ok).toBe(true);
  });
});

describe('closing the port', () => {
  it('gives the package’s command back, and daemon.json what the drop-in said', async () => {
    const made = plan({}, {}, closing);
    const file = join(import.meta.dirname, 'golden/exposed-closed.txt');
    await expect(planText(made)).toMatchFileSnapshot(file);
  });

  it('restarts the socket too, also where it was cut off before that', () => {
    const record = JSON.stringify({ installed: false, complete: true, pending: true, daemon: {} });
    const facts = { ...debianWithEngine, record };
    const made = planHost(planInput(facts, {}, closing));
    if (!made.ok) throw new Error(made.error.message);
    const restart = made.value.steps.find(({ kind }) => kind === 'engine');
    expect(restart?.argv.join(' ')).toContain('echo docker.socket');
  });

  it('changes nothing where there is none', () => {
    const record = JSON.stringify({ version: 1, installed: false, complete: true, daemon: {} });
    expect(plan({ dropIns: {}, record }, {}, closing).steps).toEqual([]);
  });

  it.each([
    [
      'a unit',
      { dropIns: { '/etc/systemd/system/docker.service.d/own.conf': machineDropIn() } },
      '/own.conf has /usr/bin/dockerd -H tcp',
    ],
    [
      'daemon.json',
      { dropIns: {}, daemonJson: '{"hosts": ["fd://", "tcp://0.0.0.0:2375"]}' },
      'daemon.json has tcp://0.0.0.0:2375 among its hosts',
    ],
    [
      'strange options',
      { dropIns: { [MACHINE_DROP_IN]: machineDropIn('--brand-new') } },
      '10-machine.conf says --brand-new',
    ],
  ])('is refused where it is open by %s', (_, facts, message) => {
    expect(planHost(planInput({ ...exposed, ...facts }, {}, closing))).toMatchObject({
      ok: false,
      error: { message: expect.stringContaining(message) },
    });
  });
});

describe('an exposed engine that is adopted', () => {
  const adopting = { configure: false } as const;

  it('is left as it is, and what closes its port is told where nobody asked for one', () => {
    const left = plan({}, {}, adopting);
    expect(left).toMatchObject({ steps: [] });
    expect(left.left.join('\n')).toContain(
      'port 2376 of the engine is open, as docker-machine left it: "machine provision --engine-tls=false" closes it',
    );
    const dropIns = { [MACHINE_DROP_IN]: machineDropIn(undefined, 'A=1', 'FOO=bar') };
    const engine = { tlsPort: 2376, labels: ['tier=web'], env: ['FOO=bar'] };
    expect(plan({ dropIns }, { ...engine, env: ['FOO=x'] }, adopting).left).toEqual([
      'environment of the engine: FOO',
    ]);
    expect(plan({ dropIns }, engine, { ...adopting, tls })).toEqual({
      steps: [],
      again: false,
      left: [],
      notes: [],
    });
  });

  const ports = (tlsPort: number | undefined, text = machineDropIn()) =>
    HOST_CHECKS.find(({ id }) => id === 'ports')?.check({
      machine: 'web',
      facts: { ...exposed, dropIns: { [MACHINE_DROP_IN]: text } },
      sections: new Map([['listening', '0.0.0.0:2376\n[::]:2400']]),
      now: 0,
      api: { version: '1.45' },
      tlsPort,
    });

  it('is told by the doctor with what closes its port', () => {
    const advice = expect.stringContaining('tcompose machine provision --engine-tls=false web');
    expect(ports(2376)).toMatchObject({
      status: 'warn',
      detail: 'port 2376 listens with TLS on all addresses, as docker-machine left it',
      advice,
    });
    const detail = 'port 2376 of the engine is open, as docker-machine left it';
    expect(ports(undefined)).toMatchObject({ status: 'fail', detail, advice });
    const other = machineDropIn().replace('2376', '2400');
    expect(ports(2400, other)).toMatchObject({
      status: 'fail',
      detail: 'port 2376 of the engine listens on public addresses',
    });
  });
});

describe('files that are replaced as a set', () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'tcompose-set-'));
  });

  afterEach(() => rmSync(folder, { recursive: true }));

  function run({ argv, input = '' }: Step, given = input): void {
    const [program = '', ...words] = argv;
    execFileSync(program, words, { input: given, stdio: ['pipe', 'pipe', 'pipe'] });
  }

  function read(): Record<string, string> {
    const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
    const files = entries.filter((entry) => entry.isFile());
    return Object.fromEntries(
      files.map(({ parentPath, name }) => {
        const path = join(parentPath, name);
        return [path.slice(folder.length + 1), readFileSync(path, 'utf8')];
      }),
    );
  }

  const set = (validator?: string) => {
    const file = (name: string, content: string | undefined, mode = '0644') => ({
      path: join(folder, name),
      content,
      mode,
      backup: join(folder, `${name}.old`),
    });
    const files = [
      file('a', 'one\n  two \\n "\n\nend'),
      file('new/key', 'secret\n', '0600'),
      file('gone', undefined),
    ];
    const step = replaceStep({
      title: 't',
      files,
      secret: true,
      ...(validator === undefined ? {} : { validator }),
    });
    return { step, undo: restoreSet('u', files) };
  };
  const before = { a: 'before\n', gone: 'was here\n' };

  beforeEach(() => {
    for (const [name, text] of Object.entries(before)) writeFileSync(join(folder, name), text);
  });

  it('are whole, have their modes, keep what was there, and can be put back', () => {
    const { step, undo } = set();
    run(step);
    const text = 'one\n  two \\n "\n\nend\n';
    const kept = { 'a.old': 'before\n', 'gone.old': 'was here\n' };
    expect(read()).toEqual({ a: text, 'new/key': 'secret\n', ...kept });
    expect(statSync(join(folder, 'new/key')).mode & 0o777).toBe(0o600);
    run(undo);
    expect(read()).toEqual(before);
  });

  it('stay as they were when the connection ends before the last one is whole', () => {
    const { step } = set();
    const cut = (step.input ?? '').slice(0, -10);
    expect(() => run(step, cut)).toThrow();
    expect(read()).toEqual(before);
  });

  it('stay as they were when one of them cannot be written, or is refused', () => {
    mkdirSync(join(folder, 'new/key.tcompose-new'), { recursive: true });
    expect(() => run(set().step)).toThrow();
    expect(read()).toEqual(before);
    rmSync(join(folder, 'new'), { recursive: true });
    expect(() => run(set('/bin/false').step)).toThrow();
    expect(read()).toEqual(before);
    expect(existsSync(join(folder, 'a.tcompose-new'))).toBe(false);
    run(set('/bin/true').step);
  });
});
