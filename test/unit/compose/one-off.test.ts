import { describe, expect, it } from 'vitest';

import type { Service } from '../../../src/compose/model.ts';
import { oneOffService, type OneOffChanges } from '../../../src/compose/one-off.ts';
import {
  givenEnvironment,
  labelMap,
  mountedVolumes,
  publishedPorts,
} from '../../../src/compose/one-off-flags.ts';

const unchanged: OneOffChanges = {
  containerName: 'p-web-run-1',
  command: [],
  entrypoint: undefined,
  tty: false,
  interactive: true,
  user: '',
  workingDir: '',
  capAdd: [],
  capDrop: [],
  environment: {},
  labels: {},
  volumes: [],
  ports: [],
};

function made(service: Partial<Service>, changes: Partial<OneOffChanges> = {}): Service {
  return oneOffService({ name: 'web', ...service }, { ...unchanged, ...changes });
}

describe('the service of a one-off', () => {
  it('stays what it is but for its name, number, input and terminal', () => {
    const own: Partial<Service> = {
      image: 'a',
      command: ['c'],
      entrypoint: ['e'],
      user: 'u',
      working_dir: '/w',
      environment: { A: '1', B: null },
      labels: { l: 'm' },
      cap_add: ['X'],
      cap_drop: ['Y'],
      volumes: [{ type: 'volume', target: '/v' }],
    };
    expect(made({ ...own, tty: true, scale: 3, container_name: 'fixed' })).toEqual({
      name: 'web',
      ...own,
      container_name: 'p-web-run-1',
      scale: 1,
      tty: false,
      stdin_open: true,
    });
  });

  it('is never restarted and publishes nothing that was not asked for', () => {
    const got = made({
      restart: 'always',
      deploy: { restart_policy: { condition: 'any' }, labels: { a: 'b' } },
      ports: [{ target: 80 }],
    });
    expect(got).toMatchObject({ deploy: { labels: { a: 'b' } } });
    expect(got.deploy).not.toHaveProperty('restart_policy');
    expect(got).not.toHaveProperty('restart');
    expect(got).not.toHaveProperty('ports');
  });

  it.each<[string, Partial<OneOffChanges>, Service['ports']]>([
    ['its own ports', { ports: 'service' }, [{ target: 80 }]],
    ['other ports', { ports: [{ target: 1 }] }, [{ target: 1 }]],
  ])('publishes %s where that is asked for', (_what, changes, expected) => {
    expect(made({ ports: [{ target: 80 }] }, changes).ports).toEqual(expected);
  });

  it.each<[string, Partial<OneOffChanges>, Pick<Service, 'command' | 'entrypoint'>]>([
    ['another command', { command: ['x'] }, { command: ['x'], entrypoint: ['e'] }],
    ['another entry point', { entrypoint: ['x'] }, { command: [], entrypoint: ['x'] }],
    ['both', { command: ['y'], entrypoint: ['x'] }, { command: ['y'], entrypoint: ['x'] }],
    ['no entry point', { command: ['y'], entrypoint: [] }, { command: ['y'], entrypoint: [] }],
  ])('runs %s', (_what, changes, expected) => {
    expect(made({ command: ['c'], entrypoint: ['e'] }, changes)).toMatchObject(expected);
  });

  it.each<[string, Partial<OneOffChanges>, Pick<Service, 'cap_add' | 'cap_drop'>]>([
    ['adds', { capAdd: ['C'] }, { cap_add: ['A', 'C'], cap_drop: ['B'] }],
    ['drops', { capDrop: ['C'] }, { cap_add: ['A'], cap_drop: ['B', 'C'] }],
    ['adds what the service drops', { capAdd: ['B'] }, { cap_add: ['A', 'B'], cap_drop: [] }],
    ['drops what the service adds', { capDrop: ['A'] }, { cap_add: [], cap_drop: ['B', 'A'] }],
    [
      'drops what is added as well',
      { capAdd: ['C'], capDrop: ['C'] },
      { cap_add: ['A'], cap_drop: ['B', 'C'] },
    ],
  ])('%s capabilities', (_what, changes, expected) => {
    expect(made({ cap_add: ['A'], cap_drop: ['B'] }, changes)).toMatchObject(expected);
  });

  it('gets what was given over what it has', () => {
    const got = made(
      { environment: { A: '1', B: null }, labels: { a: '1' }, user: 'u' },
      {
        environment: { B: '2', C: '' },
        labels: { a: '2' },
        user: '0',
        workingDir: '/x',
        volumes: [{ type: 'volume', source: 'd', target: '/d' }],
      },
    );
    expect(got).toMatchObject({
      environment: { A: '1', B: '2', C: '' },
      labels: { a: '2' },
      user: '0',
      working_dir: '/x',
      volumes: [{ source: 'd' }],
    });
  });
});

describe('ports given to run', () => {
  it.each<[string, object[]]>([
    ['80', [{ mode: 'ingress', target: 80, protocol: 'tcp' }]],
    [
      '127.0.0.1:81-82:91-92/udp',
      [
        { mode: 'ingress', host_ip: '127.0.0.1', target: 91, published: '81', protocol: 'udp' },
        { mode: 'ingress', host_ip: '127.0.0.1', target: 92, published: '82', protocol: 'udp' },
      ],
    ],
  ])('read %s', (spec, expected) => {
    expect(publishedPorts([spec])).toEqual({ ok: true, value: expected });
  });

  it('are refused as in files', () => {
    expect(publishedPorts(['80', 'x'])).toEqual({ ok: false, error: 'Invalid containerPort: x' });
  });
});

describe('volumes given to run', () => {
  it.each<[string, object]>([
    ['data:/d', { type: 'volume', source: 'data', target: '/d', volume: {} }],
    ['/data', { type: 'volume', target: '/data', volume: {} }],
    ['/h:/d:ro', { type: 'bind', source: '/h', target: '/d', read_only: true }],
    ['./h:/d', { type: 'bind', source: '/here/h', target: '/d' }],
  ])('read %s', (spec, expected) => {
    const got = mountedVolumes([spec], (path) =>
      path.startsWith('.') ? `/here/${path.slice(2)}` : path,
    );
    expect(got).toMatchObject({ ok: true, value: [expected] });
  });

  it.each([
    ['', 'invalid empty volume spec'],
    ['aa::bb', 'invalid spec: aa::bb: empty section between colons'],
    ['aa:bb:cc:dd', 'invalid spec: aa:bb:cc:dd: too many colons'],
  ])('refuse "%s"', (spec, error) => {
    expect(mountedVolumes([spec], (path) => path)).toEqual({ ok: false, error });
  });
});

describe('labels given to run', () => {
  it('are split at the first equals sign', () => {
    expect(labelMap(['a=b=c', 'd=', 'a=e'])).toEqual({ ok: true, value: { a: 'e', d: '' } });
  });

  it('need one', () => {
    expect(labelMap(['a'])).toEqual({ ok: false, error: 'label must be set as KEY=VALUE' });
  });
});

describe('variables given to run', () => {
  const environment: Readonly<Record<string, string>> = { SET: 'here' };
  const given = (words: readonly string[], ...files: readonly string[]) =>
    givenEnvironment(
      words,
      files.map((text, index) => ({ path: `/f${index}`, text })),
      (name) => environment[name],
    );

  it.each<[string, string[], string[], object]>([
    ['values', ['A=1=2', 'B='], [], { A: '1=2', B: '' }],
    ['those of the environment, or nothing', ['SET', 'UNSET'], [], { SET: 'here' }],
    ['the last of two', ['A=1', 'A=2'], [], { A: '2' }],
    ['files', [], ['A=1\n#x\nB="2 3"\n'], { A: '1', B: '2 3' }],
    ['words over files', ['A=word'], ['A=file\nB=${A}\n'], { A: 'word', B: 'word' }],
    ['the first of two files', [], ['A=1\n', 'A=2\nB=${A}\n'], { A: '1', B: '1' }],
    ['nothing of the environment for files', [], ['SET\nA=${SET-none}\n'], { A: 'none' }],
  ])('are %s', (_what, words, files, expected) => {
    expect(given(words, ...files)).toEqual({ ok: true, value: expected });
  });

  it('come with the place of what is wrong in a file', () => {
    const got = given(['A=1'], '%bad\n');
    expect(got.ok).toBe(false);
    expect(got.ok ? [] : got.error).toMatchObject([
      { code: 'env-file/key-character', span: { file: { path: '/f0' }, start: 0 } },
    ]);
  });
});
