import { describe, expect, it } from 'vitest';
import { pullFailure, pushFailure } from '../../../src/engine/pull/registry-failure.ts';

describe('failed pulls', () => {
  it.each([
    ['pull access denied for x, repository does not exist', 'unauthorized', 'docker login'],
    ['manifest for x:2 not found: manifest unknown', 'not-found', 'check the tag'],
    ['Get "https://r/v2/": dial tcp: lookup r on 1.2.3.4:53: no such host', 'failed', 'reach'],
    ['no matching manifest for linux/arm64 in the manifest list', 'not-found', 'platform:'],
    ['failed to resolve reference "r/x:2": r/x:2: not found', 'not-found', 'check the tag'],
    ['no match for platform in manifest: not found', 'not-found', 'platform:'],
    ['toomanyrequests: you have reached your limit', 'unauthorized', 'docker login'],
    ['failed to resolve reference "r/x:2": 429 Too Many Requests', 'unauthorized', 'docker login'],
    ["invalid character '<' looking for beginning of value", 'failed', 'a login page'],
    ['http: server gave HTTP response to HTTPS client', 'failed', 'insecure-registries'],
    ['write /var/lib/x: no space left on device', 'disk-full', 'docker system df'],
  ])('%s is %s and says what would help', (text, kind, hint) => {
    const failure = pullFailure(new Error(`Error response from daemon: ${text}`), {
      image: 'r.io/x:2',
      service: 'web',
    });
    expect(failure.kind).toBe(kind);
    expect(failure.message).toBe(`Error response from daemon: ${text}`);
    expect(failure.hint).toMatch(/^Image "r.io\/x:2" of service "web" was not pulled\. /);
    expect(failure.hint).toContain(hint);
  });
});

describe('failed pushes', () => {
  it.each([
    ['An image does not exist locally with the tag: r.io/x', 'not-found', 'build it first'],
    ['denied: requested access to the resource is denied', 'unauthorized', 'may write there'],
    ['toomanyrequests: slow down', 'unauthorized', 'docker login r.io'],
    ['dial tcp 1.2.3.4:443: connect: connection refused', 'failed', 'cannot reach r.io'],
  ])('%s is %s and says what would help', (text, kind, hint) => {
    const failure = pushFailure(new Error(text), { image: 'r.io/x', service: 'web' });
    expect(failure.kind).toBe(kind);
    expect(failure.message).toBe(text);
    expect(failure.hint).toMatch(/^Image "r.io\/x" of service "web" was not pushed\. /);
    expect(failure.hint).toContain(hint);
  });
});
