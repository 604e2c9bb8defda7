/** `config` on files in a folder of its own: what it prints for lists, raw files and hashes. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { typed } from './command-line.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tcompose-config-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

function given(files: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
}

async function config(...argv: string[]) {
  const { text, code } = typed(argv, { env: { HOME: folder, PATH: '' }, cwd: folder });
  const ended = await code.catch((error: unknown) => error);
  return { ...text, ended };
}

const namesOf = (text: string): string[] =>
  [...text.matchAll(/^name: .*$/gm)].map(([line]) => line);

describe('config --no-interpolate', () => {
  it.each([
    ['the folder', 'services: {a: {image: x}}', ['-p', 'given'], 'name: given'],
    ['the file', 'name: declared\nservices: {a: {image: x}}', [], 'name: declared'],
    ['a flag over the file', 'name: declared\nservices: {a: {image: x}}', ['-p', 'g'], 'name: g'],
  ])('says the name that comes from %s', async (_where, file, flags, expected) => {
    given({ 'compose.yaml': file });
    const { out } = await config(...flags, 'config', '--no-interpolate');
    expect(namesOf(out)).toEqual([expected]);
  });

  it('leaves the name as it is written together with --no-normalize', async () => {
    given({ 'compose.yaml': 'name: ${N:-n}\nservices: {a: {image: x}}' });
    const raw = await config('-p', 'g', 'config', '--no-interpolate', '--no-normalize');
    expect(namesOf(raw.out)).toEqual(['name: ${N:-n}']);
    given({ 'compose.yaml': 'services: {a: {image: x}}' });
    const none = await config('-p', 'g', 'config', '--no-interpolate', '--no-normalize');
    expect(namesOf(none.out)).toEqual([]);
  });
});

describe('config --variables', () => {
  const FILE = 'services:\n  a: {image: "x:${TAG:-0x1}${MORE:+1}${NEEDED?}"}\n';

  it('writes YAML when asked to', async () => {
    given({ 'compose.yaml': FILE });
    expect((await config('config', '--variables', '--format', 'yaml')).out).toBe(
      [
        'MORE:',
        '    name: MORE',
        '    defaultvalue: ""',
        '    presencevalue: "1"',
        '    required: false',
        'NEEDED:',
        '    name: NEEDED',
        '    defaultvalue: ""',
        '    presencevalue: ""',
        '    required: true',
        'TAG:',
        '    name: TAG',
        '    defaultvalue: "0x1"',
        '    presencevalue: ""',
        '    required: false',
        '',
      ].join('\n'),
    );
    given({ 'compose.yaml': 'services: {a: {image: x}}' });
    expect((await config('config', '--variables', '--format', 'yaml')).out).toBe('{}\n');
  });

  it.each(['', 'table', 'TABLE', 'pretty'])('prints a table for the format %j', async (format) => {
    given({ 'compose.yaml': FILE });
    const { out } = await config('config', '--variables', '--format', format);
    expect(out.split('\n').map((line) => line.split(/\s+/).slice(0, 3))).toEqual([
      ['NAME', 'REQUIRED', 'DEFAULT'],
      ['MORE', 'false', '1'],
      ['NEEDED', 'true', ''],
      ['TAG', 'false', '0x1'],
      [''],
    ]);
  });

  it('prints JSON for the format in any case', async () => {
    given({ 'compose.yaml': FILE });
    const { out } = await config('config', '--variables', '--format', 'JSON');
    expect(JSON.parse(out)).toMatchObject({ TAG: { Name: 'TAG', DefaultValue: '0x1' } });
  });

  it('refuses other formats in the words of Compose', async () => {
    given({ 'compose.yaml': FILE });
    const { ended } = await config('config', '--variables', '--format', 'csv');
    expect(String(ended)).toContain('format value "csv" could not be parsed: parsing failed');
  });

  it('warns that services that are named make no difference', async () => {
    given({ 'compose.yaml': `${FILE}  b: {image: "$OTHER"}\n` });
    const { out, err } = await config('config', '--variables', 'a');
    expect(out).toContain('OTHER');
    expect(err).toMatch(/service filtering is not applied when --variables is set/);
  });
});

it('lists pay no attention to a format', async () => {
  given({ 'compose.yaml': 'services: {a: {image: x}}' });
  expect((await config('config', '--services', '--format', 'table')).out).toBe('a\n');
  const { ended } = await config('config', '--format', 'table');
  expect(String(ended)).toContain('unsupported format "table"');
});

describe('config --hash', () => {
  const FILE = `
services:
  whole: {image: x, depends_on: [broken]}
  broken: {image: x, env_file: ./missing.env}
`;

  it('needs the env files of the services it is asked for, and no others', async () => {
    given({ 'compose.yaml': FILE });
    expect((await config('config', '--hash', 'whole')).out).toMatch(/^whole [0-9a-f]{64}\n$/);
    for (const named of ['broken', 'whole,broken', '*']) {
      const { ended } = await config('config', '--hash', named);
      expect(ended).toMatchObject({
        diagnostics: [{ message: expect.stringContaining('missing.env not found') as string }],
      });
    }
  });

  it('needs none with --no-env-resolution', async () => {
    given({ 'compose.yaml': FILE });
    const { out } = await config('config', '--no-env-resolution', '--hash', '*');
    expect(out.split('\n').map((line) => line.split(' ')[0])).toEqual(['broken', 'whole', '']);
  });

  it('counts what stands in env files', async () => {
    given({ 'compose.yaml': FILE, 'missing.env': 'A=1\n' });
    const one = await config('config', '--hash', 'broken');
    given({ 'missing.env': 'A=2\n' });
    const two = await config('config', '--hash', 'broken');
    expect(one.out).toMatch(/^broken /);
    expect(two.out).not.toBe(one.out);
  });
});
