import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { toPlain } from '../../../../src/compose/node.ts';
import { parseYaml } from '../../../../src/compose/yaml.ts';
import { DEFAULT_ENGINE } from '../../../../src/machines/lifecycle/create-request.ts';
import { parseMachinesFile } from '../../../../src/machines/lifecycle/machines-file.ts';
import { formatDiagnostics } from '../../../../src/output/diagnostics.ts';

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
    expect(parse('machines: {}').file?.group).toBe('machines.yaml');
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
