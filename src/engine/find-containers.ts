import type { EngineClient } from './client.ts';
import { LABEL } from './labels.ts';
import type { ContainerSummary } from './observe.ts';

/** Which containers of a project are looked for. */
export interface ContainerQuery {
  readonly project: string;
  /** Ended ones and those that were never started too. */
  readonly all: boolean;
  /** Those of `run` too. */
  readonly oneOffs: boolean;
  /** Those without a configuration hash too, which Compose itself does not manage. */
  readonly unmanaged?: boolean;
  /** Services they belong to; empty: any. */
  readonly services?: readonly string[];
}

/** Lists containers of a project, in the engine's order. */
export async function findContainers<Row extends ContainerSummary = ContainerSummary>(
  client: EngineClient,
  query: ContainerQuery,
  signal: AbortSignal,
): Promise<readonly Row[]> {
  const { project, all, oneOffs, unmanaged = false, services = [] } = query;
  const label = [
    `${LABEL.project}=${project}`,
    ...(unmanaged ? [] : [LABEL.configHash]),
    ...(oneOffs ? [] : [`${LABEL.oneOff}=False`]),
  ];
  const found = await client.send<readonly Row[]>(
    { method: 'GET', path: '/containers/json', query: { all, filters: { label } } },
    signal,
  );
  if (services.length === 0) return found;
  return found.filter(({ Labels }) => services.includes(Labels?.[LABEL.service] ?? ''));
}
