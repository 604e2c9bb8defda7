import { describe, expect, it } from 'vitest';
import type { Call, EngineClient } from '../../../src/engine/client.ts';
import { findContainers } from '../../../src/engine/find-containers.ts';
import { LABEL } from '../../../src/engine/labels.ts';

const { signal } = new AbortController();

function client(services: readonly string[]) {
  const calls: Call[] = [];
  const rows = services.map((service) => ({ Id: service, Labels: { [LABEL.service]: service } }));
  const fake = {
    send: (call: Call) => {
      calls.push(call);
      return Promise.resolve([...rows, { Id: 'bare', Labels: null }]);
    },
  } as unknown as EngineClient;
  return { fake, calls };
}

describe('containers of a project', () => {
  it.each([
    [{ oneOffs: false }, [`${LABEL.oneOff}=False`, LABEL.configHash]],
    [{ oneOffs: true }, [LABEL.configHash]],
    [{ oneOffs: true, unmanaged: true }, []],
  ])('are asked for by label: %j', async (query, expected) => {
    const { fake, calls } = client([]);
    await findContainers(fake, { project: 'p', all: true, ...query }, signal);
    const label = expect.toSatisfy(
      (labels: readonly string[]) =>
        labels.toSorted().join() === [`${LABEL.project}=p`, ...expected].toSorted().join(),
    ) as unknown;
    expect(calls.map(({ query: asked }) => asked)).toEqual([{ all: true, filters: { label } }]);
  });

  it('are those of the services asked for, or all', async () => {
    const { fake } = client(['web', 'db']);
    const query = { project: 'p', all: false, oneOffs: false };
    const ids = async (services: readonly string[]): Promise<readonly string[]> =>
      (await findContainers(fake, { ...query, services }, signal)).map(({ Id }) => Id);
    expect(await ids(['db', 'gone'])).toEqual(['db']);
    expect(await ids([])).toEqual(['web', 'db', 'bare']);
  });
});
