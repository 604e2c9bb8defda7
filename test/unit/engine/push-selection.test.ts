import { describe, expect, it } from 'vitest';
import { selectPushes } from '../../../src/engine/pull/push-selection.ts';
import { buildProject } from './builds.ts';

describe('what push brings to registries', () => {
  it('is every name of images that are built here', () => {
    const project = buildProject({
      web: { image: 'r.io/web:1', build: { tags: ['r.io/web:latest', 'r.io/web:1'] } },
      twin: { image: 'r.io/web:1', build: {} },
    });
    expect(selectPushes(project)).toEqual({
      pushes: [
        { image: 'r.io/web:1', service: 'web' },
        { image: 'r.io/web:latest', service: 'web' },
      ],
      skipped: [],
    });
  });

  it('leaves out what is not built here, or has no name of its own', () => {
    const project = buildProject({ db: { image: 'postgres' }, app: { build: {} } });
    expect(selectPushes(project)).toEqual({ pushes: [], skipped: ['db', 'app'] });
  });
});
