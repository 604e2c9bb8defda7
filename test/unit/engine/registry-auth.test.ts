import { describe, expect, it } from 'vitest';
import {
  createRegistryAuth,
  encodeAuth,
  type RunHelper,
} from '../../../src/engine/pull/registry-auth.ts';

const base64 = (text: string): string => Buffer.from(text).toString('base64');

/** A credential helper that knows two registries. */
const helper =
  (calls: string[] = []): RunHelper =>
  async (program, [verb], input) => {
    calls.push(`${program} ${verb} ${input}`);
    if (verb === 'list') return { code: 0, stdout: '{"ghcr.io":"me","q.io":"<token>"}' };
    if (input === 'ghcr.io') return { code: 0, stdout: '{"Username":"me","Secret":"s"}' };
    if (input === 'q.io') return { code: 0, stdout: '{"Username":"<token>","Secret":"t"}' };
    if (input === 'broken.io') return { code: 1, stdout: 'keychain is locked\n' };
    return { code: 1, stdout: 'credentials not found in native keychain\n' };
  };

const never: RunHelper = () => Promise.reject(new Error('no helper is configured'));

describe('registry credentials', () => {
  it.each([
    ['user and password in one', { auth: base64('bob:a:b') }, { username: 'bob', password: 'a:b' }],
    [
      'user and password apart',
      { username: 'bob', password: 'x' },
      { username: 'bob', password: 'x' },
    ],
    [
      'an identity token',
      { auth: base64('bob:'), identitytoken: 'tok' },
      { username: 'bob', password: '', identitytoken: 'tok' },
    ],
    ['a token of a registry', { registrytoken: 'reg' }, { registrytoken: 'reg' }],
  ])('come from the configuration as %s', async (_title, stored, wanted) => {
    const auth = createRegistryAuth({ auths: { 'ghcr.io': stored } }, { run: never });
    expect(await auth.forImage('ghcr.io/a/b:1')).toEqual({ ...wanted, serveraddress: 'ghcr.io' });
    expect(await auth.forImage('q.io/a')).toBeUndefined();
  });

  it('are found under whole addresses and under the one of Docker Hub', async () => {
    const auths = {
      'https://index.docker.io/v1/': { auth: base64('hub:h') },
      'https://reg.example/v2/': { auth: base64('reg:r') },
    };
    const auth = createRegistryAuth({ auths }, { run: never });
    expect(await auth.forImage('nginx')).toMatchObject({ username: 'hub' });
    expect(await auth.forImage('reg.example/x')).toMatchObject({ username: 'reg' });
  });

  it('come from a helper, the registry-specific one first', async () => {
    const calls: string[] = [];
    const config = { credsStore: 'all', credHelpers: { 'q.io': 'q' }, auths: {} };
    const auth = createRegistryAuth(config, { run: helper(calls) });
    expect(await auth.forImage('ghcr.io/x')).toEqual({
      username: 'me',
      password: 's',
      serveraddress: 'ghcr.io',
    });
    expect(await auth.forImage('q.io/x')).toEqual({ identitytoken: 't', serveraddress: 'q.io' });
    expect(await auth.forImage('unknown.io/x')).toBeUndefined();
    expect(calls).toEqual([
      'docker-credential-all get ghcr.io',
      'docker-credential-q get q.io',
      'docker-credential-all get unknown.io',
    ]);
  });

  it('pass on why a helper failed', async () => {
    const auth = createRegistryAuth({ credsStore: 'all' }, { run: helper() });
    await expect(auth.forImage('broken.io/x')).rejects.toThrow(
      'error getting credentials - docker-credential-all: broken.io: keychain is locked',
    );
  });

  it.each([
    ['an answer that is no JSON', { code: 0, stdout: 'token=hunter2' }, 'not a JSON object'],
    ['a JSON string', { code: 0, stdout: '"hunter2"' }, 'not a JSON object'],
    ['a failure that shows all', { code: 3, stdout: '{"Secret":"hunter2"}' }, 'exit code 3'],
    ['a failure without a word', { code: 127, stdout: '' }, 'exit code 127'],
  ])('never show secrets: %s', async (_title, answer, wanted) => {
    const auth = createRegistryAuth({ credsStore: 'x' }, { run: () => Promise.resolve(answer) });
    const error: unknown = await auth.forImage('q.io/x').catch((reason: unknown) => reason);
    expect(error).toMatchObject({ kind: 'unauthorized', message: expect.stringContaining(wanted) });
    expect(JSON.stringify(error) + String(error)).not.toContain('hunter2');
  });

  it('are none when a helper answers with nothing in it', async () => {
    const run: RunHelper = () => Promise.resolve({ code: 0, stdout: '{}' });
    const auth = createRegistryAuth({ credsStore: 'x' }, { run });
    expect(await auth.forImage('q.io/x')).toBeUndefined();
  });

  it('are asked for once for each registry', async () => {
    const calls: string[] = [];
    const auth = createRegistryAuth({ credsStore: 'all' }, { run: helper(calls) });
    await Promise.all([auth.forImage('ghcr.io/x'), auth.forImage('ghcr.io/y:2')]);
    expect(calls).toEqual(['docker-credential-all get ghcr.io']);
  });

  it('come from the environment first', async () => {
    const auth = createRegistryAuth(
      { auths: { 'ghcr.io': { auth: base64('file:f') }, 'q.io': { auth: base64('file:f') } } },
      { run: never, first: { 'ghcr.io': { auth: base64('env:e') } } },
    );
    expect(await auth.forImage('ghcr.io/x')).toMatchObject({ username: 'env' });
    expect(await auth.forImage('q.io/x')).toMatchObject({ username: 'file' });
    expect(Object.keys(await auth.all()).toSorted()).toEqual(['ghcr.io', 'q.io']);
  });

  it('of one registry may be missing in a build, with a warning', async () => {
    const warnings: string[] = [];
    const config = { credHelpers: { 'broken.io': 'x', 'q.io': 'x' } };
    const auth = createRegistryAuth(config, {
      run: helper(),
      onWarning: (text) => warnings.push(text),
    });
    expect(Object.keys(await auth.all())).toEqual(['q.io']);
    expect(warnings).toEqual([
      expect.stringMatching(/^Failed to get credentials for registry: broken.io: .*locked$/),
    ]);
  });

  it('are all given to a build', async () => {
    const config = { credsStore: 'all', auths: { 'old.io': { auth: base64('a:b') } } };
    const found = await createRegistryAuth(config, { run: helper() }).all();
    expect(Object.keys(found).sort()).toEqual(['ghcr.io', 'q.io']);
  });

  it('are encoded for headers', () => {
    const value = { username: '???>>>' };
    const text = encodeAuth(value);
    expect(text).not.toMatch(/[+/]/);
    expect(JSON.parse(Buffer.from(text, 'base64url').toString())).toEqual(value);
  });
});
