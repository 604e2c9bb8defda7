import { describe, expect, it } from 'vitest';
import { imageTarget } from '../../../src/app/commit.ts';

describe('the name of an image that is made', () => {
  it.each([
    ['', {}],
    ['app', { repo: 'app', tag: 'latest' }],
    ['me/app:1', { repo: 'me/app', tag: '1' }],
    ['docker.io/library/app', { repo: 'app', tag: 'latest' }],
    ['localhost:5000/app:x', { repo: 'localhost:5000/app', tag: 'x' }],
  ])('%j is %j', (reference, expected) => {
    expect(imageTarget(reference)).toEqual(expected);
  });

  it('must be one and have no digest', () => {
    expect(() => imageTarget('Bad')).toThrow('repository name (library/Bad) must be lowercase');
    expect(() => imageTarget(`app@sha256:${'a'.repeat(64)}`)).toThrow(
      'refusing to create a tag with a digest reference',
    );
  });
});
