import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toPlain } from '../../../../src/compose/node.ts';
import { parseYaml } from '../../../../src/compose/yaml.ts';
import {
  applySteps,
  planMachines,
  resolveMachines,
} from '../../../../src/machines/lifecycle/apply.ts';
import {
  planApply,
  type ApplyStep,
  type WantedMachine,
} from '../../../../src/machines/lifecycle/apply-plan.ts';
import { DEFAULT_ENGINE } from '../../../../src/machines/lifecycle/create-request.ts';
import { parseMachinesFile } from '../../../../src/machines/lifecycle/machines-file.ts';
import type { MachineContext } from '../../../../src/machines/machine-context.ts';
import type { MachineRecord } from '../../../../src/machines/store/machine-record.ts';
import { formatDiagnostics } from '../../../../src/output/diagnostics.ts';
import { existingHosts } from '../../../support/existing-hosts.ts';
import { testFolders } from '../../../support/lifecycle-bench.ts';
import { machineRecord } from '../../../support/machine-record.ts';
import { cloudOf, testContext } from '../../../support/machine-context.ts';
import { cloudResources } from '../../../support/scripted-provider.ts';

const style = { cwd: '/', color: false };
const schema: unknown = JSON.parse(
  readFileSync(join(import.meta.dirname, '../../../../schemas/machines.json'), 'utf8'),
);
const validate = new Ajv2020({ strictTypes: false, allowUnionTypes: true }).compile(
  schema as object,
);

function parse(text: string) {
  return parseMachinesFile({ path: '/machines.yaml', text });
}

/** Whether the published schema takes a text. */
function schemaTakes(text: string): boolean {
  const [node] = parseYaml({ path: '/machines.yaml', text }).documents;
  return node !== undefined && validate(JSON.parse(JSON.stringify(toPlain(node))));
}

describe('a machines.yaml', () => {
  it('gives machines with defaults, counts and engines', () => {
    const text = `
name: staging
defaults:
  driver: amazonec2
  options: { region: eu-west-1, instance-type: t3.small }
  engine: { version: 28.10, labels: { tier: web } }
machines:
  web: { count: 2, options: { instance-type: t3.large, open-port: [80, 443] } }
  db:
    engine: { labels: [tier=db], tls: true, source: docker }
  edge: { driver: generic, options: { ip-address: 192.0.2.1 } }
`;
    expect(schemaTakes(text)).toBe(true);
    const { file, diagnostics } = parse(text);
    expect(diagnostics).toEqual([]);
    expect(file?.group).toBe('staging');
    expect(
      file?.machines.map(({ name, driver, options, engine }) => ({
        name,
        driver,
        options,
        engine,
      })),
    ).toEqual([
      ...['web-1', 'web-2'].map((name) => ({
        name,
        driver: 'amazonec2',
        options: { region: 'eu-west-1', 'instance-type': 't3.large', 'open-port': ['80', '443'] },
        engine: { ...DEFAULT_ENGINE, version: '28.10', labels: ['tier=web'] },
      })),
      {
        name: 'db',
        driver: 'amazonec2',
        options: { region: 'eu-west-1', 'instance-type': 't3.small' },
        engine: {
          ...DEFAULT_ENGINE,
          version: '28.10',
          labels: ['tier=db'],
          tlsPort: 2376,
          source: 'docker',
        },
      },
      // The options of the defaults are those of another driver.
      {
        name: 'edge',
        driver: 'generic',
        options: { 'ip-address': '192.0.2.1' },
        engine: { ...DEFAULT_ENGINE, version: '28.10', labels: ['tier=web'] },
      },
    ]);
  });

  it.each<readonly [string, string, string]>([
    ['machine: {}\n', 'machines.yaml:1:1', "did you mean 'machines'?"],
    ['machines: []\n', 'machines.yaml:1:11', 'machines must be a mapping'],
    ['name: x\n', 'machines.yaml:1:1', "missing property 'machines'"],
    [
      'machines:\n  web:\n    driver: none\n    cuont: 2\n',
      'machines.yaml:4:5',
      "did you mean 'count'?",
    ],
    [
      'machines:\n  web: { driver: none, count: many }\n',
      'machines.yaml:2:31',
      'must be a number from 0 to 1000',
    ],
    [
      'machines:\n  web: { driver: none, count: -1 }\n',
      'machines.yaml:2:31',
      'must be a number from 0 to 1000',
    ],
    [
      'machines:\n  a_b: { driver: none }\n',
      'machines.yaml:2:3',
      'cannot be the name of a machine',
    ],
    ['machines:\n  web: { driver: [none] }\n', 'machines.yaml:2:18', 'must be a string'],
    [
      'machines:\n  web: { driver: none, engine: { source: dokcer } }\n',
      'machines.yaml:2:42',
      "did you mean 'docker'?",
    ],
    [
      'machines:\n  web: { driver: none, engine: { tls: 70000 } }\n',
      'machines.yaml:2:39',
      'must be true, false or a port',
    ],
    [
      'machines:\n  web: { driver: none, engine: { label: x } }\n',
      'machines.yaml:2:34',
      "did you mean 'labels'?",
    ],
    [
      'machines:\n  web: { driver: none, options: [a] }\n',
      'machines.yaml:2:33',
      'must be a mapping',
    ],
    [
      'defaults: { count: 2 }\nmachines: {}\n',
      'machines.yaml:1:13',
      "additional properties 'count' not allowed",
    ],
  ])('with a fault is refused by reader and schema alike: %j', (text, place, words) => {
    const { file, diagnostics } = parse(text);
    expect(file).toBeUndefined();
    const told = formatDiagnostics(diagnostics, style);
    expect(told).toContain(place);
    expect(told).toContain(words);
    expect(schemaTakes(text)).toBe(false);
  });

  it.each<readonly [string, string]>([
    ['', 'there are no machines in this file'],
    ['machines: {web: {}}\n', "machines.web missing property 'driver'"],
    [
      'machines:\n  web: {driver: none, count: 2}\n  web-1: {driver: none}\n',
      'two machines are called web-1',
    ],
    ['machines:\n  web: {driver: none}\n  WEB: {driver: none}\n', 'two machines are called WEB'],
    [
      `machines:\n  ${'x'.repeat(61)}: {driver: none, count: 10}\n`,
      'it has 64 characters, a host name has at most 63',
    ],
    ['machines:\n  web: {driver: none\n', ''],
  ])('with a fault that no schema sees is refused, too: %j', (text, words) => {
    const { file, diagnostics } = parse(text);
    expect(file).toBeUndefined();
    expect(formatDiagnostics(diagnostics, style)).toContain(words);
  });
});

function wanted(name: string, changes: Partial<WantedMachine> = {}): WantedMachine {
  return { name, provider: 'p', settings: { region: 'a' }, engine: DEFAULT_ENGINE, ...changes };
}

function stored(name: string, changes: Partial<MachineRecord> = {}): MachineRecord {
  return machineRecord({ ...wanted(name), group: 'g', ...changes });
}

function byHand(name: string): MachineRecord {
  const { group: _group, ...record } = stored(name);
  return record;
}

function plan(
  machines: readonly WantedMachine[],
  records: readonly (MachineRecord | readonly [string, string])[],
  prune = false,
): string[] {
  const map = new Map<string, MachineRecord | string>(
    records.map((record) => ('name' in record ? [record.name, record] : [record[0], record[1]])),
  );
  const steps = planApply({ group: 'g', wanted: machines, stored: map, prune });
  return steps.map((step) => [`${step.do} ${step.name}`, ...step.causes].join(': '));
}

describe('the plan of an apply', () => {
  const version = { engine: { ...DEFAULT_ENGINE, version: '28' } };
  it.each<readonly [string, readonly string[], readonly string[]]>([
    ['makes what is not there', plan([wanted('a')], []), ['create a: it is not there']],
    ['keeps what is as it should be', plan([wanted('a')], [stored('a')]), ['keep a']],
    [
      'continues what is not finished',
      plan([wanted('a')], [stored('a', { phase: 'failed', step: 'provision' })]),
      ['create a: it stopped at: provision'],
    ],
    [
      'changes an engine in place',
      plan([wanted('a', version)], [stored('a')]),
      ['change a: engine.version: nothing is now 28'],
    ],
    [
      'replaces what has other settings',
      plan([wanted('a', { settings: { region: 'b' } })], [stored('a')]),
      ['replace a: region: a is now b'],
    ],
    [
      'replaces what has another driver',
      plan([wanted('a', { provider: 'q' })], [stored('a')]),
      ['replace a: driver: p is now q'],
    ],
    [
      'tells of machines of the group that the file does not name',
      plan([], [stored('a')]),
      ['keep a: g does not have it any more; --prune removes it'],
    ],
    [
      'removes them when asked to',
      plan([], [stored('a')], true),
      ['remove a: g does not have it any more'],
    ],
    ['leaves machines of others alone', plan([], [stored('a', { group: 'h' })], true), []],
    [
      'refuses machines of other groups',
      plan([wanted('a')], [stored('a', { group: 'h' })]),
      ['refuse a: it belongs to h'],
    ],
    [
      'keeps machines that were made by hand and are as they should be',
      plan([wanted('a')], [byHand('a')]),
      ['keep a'],
    ],
    [
      'refuses to replace machines that were made by hand',
      plan([wanted('a', { settings: { region: 'b' } })], [byHand('a')]),
      ['refuse a: it was made by hand, and differs: region: a is now b'],
    ],
    [
      'refuses broken records',
      plan([wanted('a')], [['a', 'f:1:1: broken']]),
      ['refuse a: f:1:1: broken'],
    ],
    [
      'does not mind the order of lists',
      plan(
        [wanted('a', { engine: { ...DEFAULT_ENGINE, labels: ['a=1', 'b=2'] } })],
        [stored('a', { engine: { ...DEFAULT_ENGINE, labels: ['b=2', 'a=1'] } })],
      ),
      ['keep a'],
    ],
  ])('%s', (_title, steps, expected) => {
    expect(steps).toEqual(expected);
  });

  it('has each machine once, and nothing to do after it was done', () => {
    const names = fc.uniqueArray(fc.constantFrom<string>('a', 'b', 'c', 'd'));
    fc.assert(
      fc.property(names, names, fc.constantFrom('a', 'b'), (want, have, region) => {
        const machines = want.map((name) => wanted(name, { settings: { region } }));
        const map = new Map(have.map((name) => [name, stored(name)]));
        const steps = planApply({ group: 'g', wanted: machines, stored: map, prune: true });
        const all = steps.map(({ name }) => name);
        expect(new Set(all).size).toBe(all.length);
        const after = new Map(map);
        for (const step of steps) {
          if (step.do === 'remove') after.delete(step.name);
          else if ('wanted' in step) after.set(step.name, stored(step.name, step.wanted));
        }
        const again = planApply({ group: 'g', wanted: machines, stored: after, prune: true });
        expect(again.every((step) => step.do === 'keep')).toBe(true);
      }),
    );
  });
});

const { base } = testFolders();

describe('applying a machines.yaml', () => {
  async function resolve(context: MachineContext, text: string) {
    const { file, diagnostics } = parse(text);
    if (file === undefined) throw new Error(formatDiagnostics(diagnostics, style));
    return { group: file.group, ...(await resolveMachines(context, file)) };
  }

  async function apply(
    context: MachineContext,
    text: string,
    { prune = false, replace = false } = {},
  ): Promise<readonly string[]> {
    const { group, wanted, diagnostics } = await resolve(context, text);
    expect(diagnostics).toEqual([]);
    const steps: readonly ApplyStep[] = await planMachines(context, { group, wanted, prune });
    const outcomes = await applySteps(context, steps, { group, replace });
    return outcomes.map((outcome, index) =>
      outcome.ok
        ? `${steps[index]?.do} ${outcome.name}`
        : `${outcome.name}: ${(outcome.error as Error).message}`,
    );
  }

  it('makes, changes, replaces and removes until it is as it says', async () => {
    const folder = join(base, 'a');
    const provisioned: string[] = [];
    const context = testContext({
      folder,
      providers: [existingHosts],
      provision: ({ machine, engine }) => {
        provisioned.push(`${machine} ${engine.version ?? ''}`);
        return Promise.resolve({ changes: [], engineVersion: '28', system: 'debian 13', left: [] });
      },
    });
    const file = (count: number, version: string, address: string): string =>
      `machines:\n  web: {driver: scripted, count: ${count}, engine: {version: ${version}}}\n` +
      `  own: {driver: existing, options: {address: ${address}}}\n`;
    const first = file(2, '28', '192.0.2.1');
    expect(await apply(context, first)).toEqual(['create web-1', 'create web-2', 'create own']);
    expect(await apply(context, first)).toEqual(['keep web-1', 'keep web-2', 'keep own']);
    provisioned.length = 0;
    expect(await apply(context, file(1, '29', '192.0.2.1'))).toEqual([
      'change web-1',
      'keep own',
      'keep web-2',
    ]);
    expect(provisioned).toEqual(['web-1 29']);
    const moved = file(1, '29', '192.0.2.2');
    expect(await apply(context, moved)).toEqual([
      'keep web-1',
      'own: machine own would have to be replaced: address: 192.0.2.1 is now 192.0.2.2',
      'keep web-2',
    ]);
    expect(await apply(context, moved, { prune: true, replace: true })).toEqual([
      'keep web-1',
      'replace own',
      'remove web-2',
    ]);
    const names = (await context.store.list()).map(({ name }) => name);
    expect(names).toEqual(['own', 'web-1']);
    expect(cloudResources(cloudOf(folder)).filter(({ kind }) => kind === 'instance')).toHaveLength(
      1,
    );
  });

  it.each<readonly [string, string, string]>([
    [
      'driver: existing, options: {adress: x}',
      "driver existing has no option 'adress'",
      "did you mean 'address'?",
    ],
    [
      'driver: existing, options: {address: x, password: y}',
      'password is a secret',
      'set PASSWORD',
    ],
    ['driver: existing', 'machines.web an address is missing', ''],
    ['driver: existing, options: {address: x, port: many}', 'is no whole number', ''],
    ['driver: scriptd', 'unknown driver "scriptd"', ''],
  ])('tells what a driver does not take, with its place: %s', async (machine, message, hint) => {
    const context = testContext({ folder: join(base, 'b'), providers: [existingHosts] });
    const { diagnostics } = await resolve(context, `machines:\n  web: {${machine}}\n`);
    const told = formatDiagnostics(diagnostics, style);
    expect(told).toContain(message);
    expect(told).toContain(hint);
    expect(told).toMatch(/machines\.yaml:2:\d+/);
  });
});
