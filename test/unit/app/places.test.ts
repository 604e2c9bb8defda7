import { describe, expect, it } from 'vitest';
import { InvalidProject } from '../../../src/app/failure.ts';
import { withPlaces } from '../../../src/app/places.ts';
import { loadTree } from '../../../src/compose/load-tree.ts';
import { resolveProjectOptions } from '../../../src/compose/project-options.ts';
import { EngineError } from '../../../src/engine/errors.ts';
import { memoryFiles } from '../compose/memory-files.ts';

const FILE = `services:
  web:
    image: app
    ports:
      - "8080:80"
networks:
  back:
    external: true
`;

function tree() {
  const files = memoryFiles({ '/p/compose.yaml': FILE });
  const options = resolveProjectOptions(
    { files: [], envFiles: [], profiles: [] },
    { environment: {}, cwd: '/p', files },
  );
  const loaded = options.ok ? loadTree(options.value, {}, files) : options;
  if (!loaded.ok) throw new Error('the sample does not load');
  return loaded.value.tree;
}

/** Work that fails. */
function failing(reason: unknown): () => Promise<never> {
  return async () => {
    throw reason;
  };
}

/** The text at the place of each diagnostic that the failed work comes out with. */
async function placesOf(reason: unknown): Promise<readonly (string | undefined)[]> {
  const failed = await withPlaces(tree(), failing(reason)).catch((e: unknown) => e);
  if (!(failed instanceof InvalidProject)) throw failed;
  return failed.diagnostics.map(({ span }) => span && FILE.slice(span.start, span.end));
}

const fault = (path: string) =>
  ({ severity: 'error', code: 'plan/x', message: 'no', path }) as const;

describe('places of what fails after loading', () => {
  it('are the keys and items that paths lead to', async () => {
    const paths = ['networks.back', 'services.web.ports[0]', 'services.web.image'];
    expect(await placesOf(new InvalidProject(paths.map(fault)))).toEqual([
      'back',
      '"8080:80"',
      'image',
    ]);
  });

  it('are left out where the path leads nowhere', async () => {
    expect(await placesOf(new InvalidProject([fault('services.gone')]))).toEqual([undefined]);
  });

  it('are given to failures of the engine that know what they are about', async () => {
    const path = 'services.web.ports[0]';
    const error = new EngineError('port-in-use', 'taken', { path, hint: 'Stop it.' });
    expect(await placesOf(error)).toEqual(['"8080:80"']);
    await expect(withPlaces(tree(), failing(error))).rejects.toMatchObject({
      diagnostics: [{ code: 'engine/port-in-use', message: 'taken', path, hint: 'Stop it.' }],
    });
  });

  it.each([new EngineError('failed', 'x'), new Error('other')])(
    'are not made up: %s',
    async (error) => {
      await expect(withPlaces(tree(), failing(error))).rejects.toBe(error);
    },
  );

  it('need a tree', async () => {
    const error = new InvalidProject([fault('networks.back')]);
    await expect(withPlaces(undefined, failing(error))).rejects.toBe(error);
  });
});
