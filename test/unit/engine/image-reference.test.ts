import { describe, expect, it } from 'vitest';
import {
  isLatest,
  parseImageReference,
  registryKey,
} from '../../../src/engine/pull/image-reference.ts';

const digest = `sha256:${'ab'.repeat(32)}`;

describe('image references', () => {
  it.each([
    ['nginx', { domain: 'docker.io', path: 'library/nginx' }],
    ['nginx:1.27', { domain: 'docker.io', path: 'library/nginx', tag: '1.27' }],
    ['me/app', { domain: 'docker.io', path: 'me/app' }],
    ['index.docker.io/nginx', { domain: 'docker.io', path: 'library/nginx' }],
    ['localhost/app:x', { domain: 'localhost', path: 'app', tag: 'x' }],
    ['host:5000/a/b', { domain: 'host:5000', path: 'a/b' }],
    ['[::1]:5000/a', { domain: '[::1]:5000', path: 'a' }],
    ['ghcr.io/a/b:v1', { domain: 'ghcr.io', path: 'a/b', tag: 'v1' }],
    [`nginx@${digest}`, { domain: 'docker.io', path: 'library/nginx', digest }],
    [`q.io/a:1@${digest}`, { domain: 'q.io', path: 'a', tag: '1', digest }],
  ])('%s is read in parts', (text, value) => {
    expect(parseImageReference(text)).toEqual({ ok: true, value });
  });

  it.each(['', 'a:', 'a:b:c', 'a/B', '-a', 'a//b', 'a@sha256:12', 'a b', 'f'.repeat(64)])(
    'refuses %j',
    (text) => {
      expect(parseImageReference(text)).toMatchObject({ ok: false });
    },
  );

  it('knows when the moving tag is meant', () => {
    const texts = ['nginx', 'nginx:latest', 'nginx:1', `nginx@${digest}`];
    expect(texts.map((text) => isLatest(text))).toEqual([true, true, false, false]);
  });

  it('calls Docker Hub by its historical address', () => {
    expect(registryKey('docker.io')).toBe('https://index.docker.io/v1/');
    expect(registryKey('ghcr.io')).toBe('ghcr.io');
  });
});
