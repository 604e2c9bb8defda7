import { describe, expect, it } from 'vitest';
import { layerProgress } from '../../../src/engine/pull/layer-progress.ts';

describe('progress of layers', () => {
  it.each([
    ['Pulling fs layer', {}, { status: 'working', details: '0B' }],
    [
      'Downloading',
      { current: 1_500_000, total: 3_000_000 },
      { status: 'working', current: 1_500_000, total: 3_000_000, percent: 50, details: '1.5MB' },
    ],
    ['Extracting', { current: 9, total: 3 }, { percent: 100 }],
    ['Downloading', { current: 12_345_678 }, { percent: 0, total: 0, details: '12.35MB' }],
    ['Pull complete', {}, { status: 'done', percent: 100 }],
    ['Pushing', { current: 5, total: 10 }, { status: 'working', percent: 50 }],
    ['Pushed', {}, { status: 'done', percent: 100 }],
    ['Layer already exists', {}, { status: 'done' }],
    ['Mounted from library/x', {}, { status: 'done' }],
    ['Already exists', {}, { status: 'done', percent: 100 }],
  ])('%s with %j', (status, progressDetail, wanted) => {
    expect(layerProgress('Image a', { id: 'abc', status, progressDetail })).toMatchObject({
      id: 'abc',
      parentId: 'Image a',
      text: status,
      ...wanted,
    });
  });

  it('is not told of messages that are about no layer', () => {
    expect(layerProgress('Image a', { id: '1.27', status: 'Pulling from nginx' })).toBeUndefined();
    expect(layerProgress('Image a', { status: 'Digest: sha256:…' })).toBeUndefined();
  });
});
