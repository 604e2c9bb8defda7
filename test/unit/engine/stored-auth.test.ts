import { describe, expect, it } from 'vitest';
import { decodeAuth, parseAuthVariable } from '../../../src/engine/pull/stored-auth.ts';

const base64 = (text: string): string => Buffer.from(text).toString('base64');

describe('stored credentials', () => {
  it.each([
    ['bob:secret', { username: 'bob', password: 'secret' }],
    ['bob:', { username: 'bob', password: '' }],
    ['bob:a:b', { username: 'bob', password: 'a:b' }],
    ['bob:old\0\0', { username: 'bob', password: 'old' }],
    [':secret', undefined],
    ['secret', undefined],
    ['', undefined],
  ])('%j are read out of base64', (text, wanted) => {
    expect(decodeAuth(base64(text))).toEqual(wanted);
  });

  it.each(['!!!', 'Ym9iOng', 'Ym9i\nOng='])('are not read out of %j', (text) => {
    expect(decodeAuth(text)).toBeUndefined();
  });
});

describe('DOCKER_AUTH_CONFIG', () => {
  it('names credentials by registry', () => {
    const auths = { 'q.io': { auth: base64('bob:secret') } };
    expect(parseAuthVariable(JSON.stringify({ auths }))).toEqual({ ok: true, value: auths });
    expect(parseAuthVariable('{}')).toEqual({ ok: true, value: {} });
    expect(parseAuthVariable('{"auths":{}}')).toEqual({ ok: true, value: {} });
  });

  it.each([
    ['hunter2', 'not JSON: expected a value in line 1, column 1'],
    ['{"auths":{"q.io":{"auth":"hunter2"}}', 'not JSON: expected "," or "}" in line 1, column 37'],
    ['["hunter2"]', 'with the key "auths" only'],
    ['{"auths":{},"password":"hunter2"}', 'with the key "auths" only'],
    ['{"auths":{"q.io":{"password":"hunter2"}}}', 'q.io must be an object with the key "auth"'],
    ['{"auths":{"q.io":{"auth":"hunter2"}}}', 'auth of q.io must be the base64 of USER:PASSWORD'],
    ['{"auths":{"q.io":{}}}', 'auth of q.io must be the base64 of USER:PASSWORD'],
  ])('%s is refused without being shown', (text, wanted) => {
    const parsed = parseAuthVariable(text);
    expect(parsed).toEqual({ ok: false, error: expect.stringContaining(wanted) });
    expect(JSON.stringify(parsed)).not.toContain('hunter2');
  });
});
