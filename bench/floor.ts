/** The least that the engine itself needs: the same resources by bare API calls, eight at a time. */
import { mapLimited } from '../src/foundation/pool.ts';
import type { EngineApi } from '../test/support/api.ts';

const PARALLEL = 8;
const NETWORK = 'floor_default';

/** What is done: half of the life of services that know nothing of each other, or the start of a chain. */
export type FloorWork = 'up' | 'down' | 'chain';

/** Seconds that `work` takes; what it makes is gone afterwards. */
export async function floor(
  api: EngineApi,
  { work, services }: { readonly work: FloorWork; readonly services: number },
): Promise<number> {
  if (work === 'chain') return chainFloor(api, services);
  return (await independentFloor(api, services))[work];
}

/** Making and removing the containers of `independentProject(services)`. */
async function independentFloor(
  api: EngineApi,
  services: number,
): Promise<Readonly<Record<'up' | 'down', number>>> {
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

/**
 * Creating the containers of `chainProject(services)` and starting each as soon as an event says that the one
 * before is healthy, the last one included.
 */
async function chainFloor(api: EngineApi, services: number): Promise<number> {
  const names = Array.from({ length: services }, (_, index) => `floor-service-${index}-1`);
  const time = await seconds(async () => {
    await api.ask('POST', '/networks/create', { Name: NETWORK });
    await mapLimited(names, PARALLEL, async (name) => {
      await api.ask('POST', `/containers/create?name=${name}`, {
        Image: 'test-idle',
        Healthcheck: {
          Test: ['CMD', 'true'],
          Interval: 200e6,
          Timeout: 5e9,
          Retries: 20,
        },
        HostConfig: { NetworkMode: NETWORK },
      });
    });
    const filters = JSON.stringify({ event: ['health_status: healthy'] });
    let turnedHealthy = (): void => undefined;
    const events = await api.follow(`/events?filters=${encodeURIComponent(filters)}`, () =>
      turnedHealthy(),
    );
    for (const name of names) {
      const healthy = new Promise<void>((resolve) => {
        turnedHealthy = resolve;
      });
      await api.ask('POST', `/containers/${name}/start`);
      await healthy;
    }
    events.close();
  });
  await mapLimited(names, PARALLEL, async (name) => {
    await api.ask('DELETE', `/containers/${name}?force=true`);
  });
  await api.ask('DELETE', `/networks/${NETWORK}`);
  return time;
}

async function seconds(work: () => Promise<void>): Promise<number> {
  const begin = performance.now();
  await work();
  return (performance.now() - begin) / 1000;
}
