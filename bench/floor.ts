/** The least that the engine itself needs: the same resources by bare API calls, eight at a time. */
import { mapLimited } from '../src/foundation/pool.ts';
import type { EngineApi } from '../test/support/api.ts';

const PARALLEL = 8;
const NETWORK = 'floor_default';

/** Which half of a project's life is meant. */
export type Half = 'up' | 'down';

/** Seconds that making and removing the containers of `independentProject(services)` takes. */
export async function floor(
  api: EngineApi,
  services: number,
): Promise<Readonly<Record<Half, number>>> {
  const names = Array.from({ length: services }, (_, index) => `floor-service-${index}-1`);
  const up = await seconds(async () => {
    await api.ask('POST', '/networks/create', { Name: NETWORK });
    await mapLimited(names, PARALLEL, async (name) => {
      await api.ask('POST', `/containers/create?name=${name}`, {
        Image: 'test-idle',
        HostConfig: { NetworkMode: NETWORK },
      });
      await api.ask('POST', `/containers/${name}/start`);
    });
  });
  const down = await seconds(async () => {
    await mapLimited(names, PARALLEL, async (name) => {
      await api.ask('POST', `/containers/${name}/stop?t=5`);
      await api.ask('DELETE', `/containers/${name}?force=true`);
    });
    await api.ask('DELETE', `/networks/${NETWORK}`);
  });
  return { up, down };
}

async function seconds(work: () => Promise<void>): Promise<number> {
  const begin = performance.now();
  await work();
  return (performance.now() - begin) / 1000;
}
