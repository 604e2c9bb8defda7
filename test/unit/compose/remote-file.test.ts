import { describe, expect, test } from 'vitest';

import type { Diagnostic } from '../../../src/compose/diagnostic.ts';
import { explainPath, formatExplanation } from '../../../src/compose/explain.ts';
import type { FileAccess, RemoteFile } from '../../../src/compose/files.ts';
import { loadTree } from '../../../src/compose/load-tree.ts';
import type { LoadedTree } from '../../../src/compose/load-tree.ts';
import { toPlain } from '../../../src/compose/node.ts';
import { resolveProjectOptions } from '../../../src/compose/project-options.ts';
import type { Result } from '../../../src/foundation/result.ts';
import { memoryFiles } from './memory-files.ts';

const REPOSITORY = 'https://host/b.git#v1:sub';
const ARTIFACT = 'oci://host/app:1';

const known: Readonly<Record<string, RemoteFile>> = {
  [REPOSITORY]: { ok: true, path: '/cache/abc/sub/compose.yaml', root: '/cache/abc' },
  [ARTIFACT]: { ok: true, path: '/cache/def/compose.yaml', root: '/cache/def' },
  'oci://host/gone': { ok: false, message: 'no such artifact', hint: 'look elsewhere' },
};

const remoteFiles = {
  '/cache/abc/.env': 'TAG=of-the-root',
  '/cache/abc/sub/.env': 'TAG=of-the-file',
  '/cache/abc/sub/compose.yaml':
    'services: {web: {image: "a:${TAG:-none}", volumes: ["./data:/d"], env_file: ./web.env}}',
  '/cache/abc/sub/web.env': '',
  '/cache/def/compose.yaml':
    'services: {web: {image: b, volumes: ["./data:/d"], extends: {file: x.yaml, service: x}}}',
  '/cache/def/x.yaml': 'services: {x: {command: c, env_file: ./1.env}}',
  '/cache/def/1.env': '',
};

function load(
  files: Readonly<Record<string, string>>,
  names: readonly string[],
): { readonly result: Result<LoadedTree, readonly Diagnostic[]>; readonly asked: string[] } {
  const asked: string[] = [];
  const access: FileAccess = {
    ...memoryFiles({ ...remoteFiles, ...files }),
    remote: (reference) => {
      asked.push(reference);
      return known[reference];
    },
    origin: (path) => (path.startsWith('/cache/abc/') ? REPOSITORY : undefined),
  };
  const around = { environment: {}, cwd: '/p', files: access };
  const options = resolveProjectOptions({ files: names }, around);
  if (!options.ok) return { result: options, asked };
  return { result: loadTree(options.value, {}, access), asked };
}

function project(files: Readonly<Record<string, string>>, names: readonly string[]): unknown {
  const { result } = load(files, names);
  if (!result.ok) throw new Error(result.error.map(({ message }) => message).join('\n'));
  return toPlain(result.value.tree);
}

function faults(files: Readonly<Record<string, string>>, names: readonly string[]): Diagnostic[] {
  const { result } = load(files, names);
  return result.ok ? [] : [...result.error];
}

const bind = (source: string): object => expect.objectContaining({ type: 'bind', source });

// Where paths point was measured with Compose 2.40.3.
describe('a remote file', () => {
  test('of -f: paths start beside it, name and .env are those of the current directory', () => {
    expect(project({ '/p/.env': 'TAG=local' }, [REPOSITORY])).toMatchObject({
      name: 'p',
      services: {
        web: {
          image: 'a:local',
          volumes: [bind('/cache/abc/sub/data')],
          env_file: [{ path: '/cache/abc/sub/web.env' }],
        },
      },
    });
  });

  test('of include: paths start beside it, and the .env there counts', () => {
    expect(project({ '/p/c.yaml': `include: ["${REPOSITORY}"]` }, ['c.yaml'])).toMatchObject({
      services: { web: { image: 'a:of-the-file', volumes: [bind('/cache/abc/sub/data')] } },
    });
  });

  test('of extends: paths start at the root of its repository', () => {
    const text = `services: {app: {extends: {file: "${REPOSITORY}", service: web}}}`;
    expect(project({ '/p/c.yaml': text }, ['c.yaml'])).toMatchObject({
      services: { app: { image: 'a:none', volumes: [bind('/cache/abc/data')] } },
    });
  });

  test('may use the files that came with it', () => {
    expect(project({}, [ARTIFACT])).toMatchObject({
      services: { web: { command: 'c', env_file: [{ path: '/cache/def/1.env' }] } },
    });
  });

  test('among several files gives the directory that paths start from, wherever it stands', () => {
    const files = { '/p/c.yaml': 'services: {web: {volumes: ["./own:/o"]}}' };
    expect(project(files, ['c.yaml', REPOSITORY])).toMatchObject({
      name: 'p',
      services: { web: { volumes: [bind('/cache/abc/sub/own'), bind('/cache/abc/sub/data')] } },
    });
  });

  test('is named by explanations', () => {
    const { result } = load({}, [REPOSITORY]);
    if (!result.ok) throw new Error('not loaded');
    const explained = explainPath(result.value.tree, 'services.web.image', {});
    expect(explained.ok && formatExplanation(explained.value)).toContain(`    from ${REPOSITORY}`);
  });
});

describe('a remote file that is not there', () => {
  test('is asked for, and told as missing', () => {
    const { result, asked } = load({}, ['oci://host/new']);
    expect(asked).toContain('oci://host/new');
    expect(result.ok ? [] : result.error.map(({ code }) => code)).toEqual(['load/remote-file']);
  });

  test.each([
    'include: ["oci://host/gone"]',
    'include: [{path: [x.yaml, "oci://host/gone"]}]',
    'services: {a: {extends: {file: "oci://host/gone", service: s}}}',
  ])('is a fault where %s stands', (text) => {
    const [fault, ...others] = faults({ '/p/c.yaml': text }, ['c.yaml']);
    expect(others).toEqual([]);
    expect(fault).toMatchObject({
      code: 'load/remote-file',
      message: 'no such artifact',
      hint: 'look elsewhere',
    });
    const { span } = fault ?? {};
    expect(span?.file.text.slice(span.start, span.end)).toBe('"oci://host/gone"');
  });

  test('several are all asked for at once', () => {
    const { asked } = load({ '/p/c.yaml': 'include: ["oci://host/x", "oci://host/y"]' }, [
      'c.yaml',
    ]);
    expect(asked).toEqual(['oci://host/x', 'oci://host/y']);
  });
});

test('a remote file that includes itself is a cycle', () => {
  const files = { '/cache/def/compose.yaml': `include: ["${ARTIFACT}"]` };
  expect(faults(files, [ARTIFACT])[0]?.message).toContain('include cycle detected');
});
