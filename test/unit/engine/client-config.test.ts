import { describe, expect, it } from 'vitest';
import type { ReadResult } from '../../../src/compose/files.ts';
import { clientConfigDir, readClientConfig } from '../../../src/engine/client-config.ts';

const base64 = (text: string): string => Buffer.from(text).toString('base64');

/** Reads a configuration with this content; undefined: there is none. */
function read(content: string | undefined, failure?: ReadResult) {
  const missing = { ok: false, error: 'not-found', detail: '' } as const;
  return readClientConfig({
    env: { DOCKER_CONFIG: '/cfg' },
    files: {
      home: '/home/me',
      kind: () => 'missing',
      realPath: (path) => path,
      read: (path) => {
        if (failure !== undefined) return failure;
        if (path !== '/cfg/config.json' || content === undefined) return missing;
        return { ok: true, bytes: Buffer.from(content) };
      },
    },
  });
}

describe("the docker client's configuration", () => {
  it('is looked for where the flag, the variable or the home says', () => {
    const files = { home: '/home/me' } as never;
    const flags = { config: '/flag' };
    expect(clientConfigDir({ flags, env: { DOCKER_CONFIG: '/env' }, files })).toBe('/flag');
    expect(clientConfigDir({ env: { DOCKER_CONFIG: '/env' }, files })).toBe('/env');
    expect(clientConfigDir({ env: { DOCKER_CONFIG: '' }, files })).toBe('/home/me/.docker');
  });

  it('may be absent or empty', () => {
    expect(read(undefined)).toEqual({ config: {}, faults: [] });
    expect(read(' \n')).toEqual({ config: {}, faults: [] });
  });

  it('keeps what matters', () => {
    const config = {
      auths: { 'q.io': { auth: base64('bob:x') } },
      credHelpers: { 'r.io': 'r' },
      currentContext: 'lab',
      proxies: { default: { httpProxy: 'http://p' } },
    };
    expect(read(JSON.stringify({ ...config, other: 1 }))).toEqual({ config, faults: [] });
  });

  it('is left out with the place of its fault when it is not JSON, and not quoted', () => {
    const { config, faults } = read('{\n  "auths": {"q.io": {"auth": "hunter2" "x"}}\n}');
    expect(config).toEqual({});
    expect(faults).toEqual([
      'Error parsing config file (/cfg/config.json:2:40): expected "," or "}"; the file is ignored',
    ]);
  });

  it('is left out when it may not be read', () => {
    const { config, faults } = read('{}', {
      ok: false,
      error: 'permission-denied',
      detail: 'EACCES: x',
    });
    expect([config, faults]).toEqual([{}, ['Error loading config file: EACCES: x']]);
  });

  it.each([
    ['[]', 'the file must be an object'],
    ['{"auths": 5}', 'auths must be an object of objects of strings'],
    ['{"auths": {"q.io": "hunter2"}}', 'auths must be an object of objects of strings'],
    ['{"credsStore": {}}', 'credsStore must be a string'],
    ['{"credHelpers": {"q.io": 1}}', 'credHelpers must be an object of strings'],
    ['{"cliPluginsExtraDirs": "/x"}', 'cliPluginsExtraDirs must be a list of strings'],
    [
      '{"auths": {"q.io": {"auth": "hunter2"}}}',
      'auth of q.io in auths must be the base64 of USER:PASSWORD',
    ],
  ])('%s loses what is wrong and nothing else', (content, wanted) => {
    const more = content.startsWith('{')
      ? content.replace('{', '{"currentContext": "lab", ')
      : content;
    const { config, faults } = read(more);
    expect(faults).toEqual([
      `Error parsing config file (/cfg/config.json): ${wanted}, and is ignored`,
    ]);
    expect(config.currentContext).toBe(content.startsWith('{') ? 'lab' : undefined);
    expect(JSON.stringify(config)).not.toContain('hunter2');
  });
});
