import type { Engine } from '../engine/engine.ts';
import { findContainers } from '../engine/find-containers.ts';
import { LABEL } from '../engine/labels.ts';
import { toContainer, type ContainerSummary } from '../engine/observe.ts';
import { explainAbsence } from './absent-services.ts';
import { CommandFailure } from './failure.ts';

/** Which container of a service is meant. */
export interface ReplicaQuery {
  readonly project: string;
  readonly service: string;
  /** Number of the replica; 0: the first. */
  readonly index: number;
  /** Also one that does not run. */
  readonly stopped?: boolean;
  /** False: none of `run`. */
  readonly oneOffs?: boolean;
}

/**
 * The container that a command on one container of a service works with, which has to run unless the
 * query says otherwise. Paused and restarting ones count as running.
 *
 * @throws CommandFailure in Compose's words, with what would help
 */
export async function requireReplica<Row extends ContainerSummary = ContainerSummary>(
  engine: Engine,
  { project, service, index, stopped = false, oneOffs = true }: ReplicaQuery,
  signal: AbortSignal,
): Promise<Row> {
  const query = { project, all: stopped, oneOffs, services: [service] };
  const found = await findContainers<Row>(engine.client, query, signal);
  const container = chooseReplica(found, index);
  if (container !== undefined) return container;
  const name = JSON.stringify(service);
  if (index > 0 && found.length > 0) {
    const numbers = found.map((row) => `#${toContainer(row).number}`).toSorted();
    throw new CommandFailure(
      `service ${name} is not running container #${index}`,
      `${stopped ? 'there are' : 'running'}: ${numbers.join(', ')}`,
    );
  }
  throw new CommandFailure(
    `service ${name} is not running${index > 0 ? ` container #${index}` : ''}`,
    await explainAbsence(engine, query, signal),
  );
}

/**
 * The replica with that number (0: any) and, of several, the lowest; containers of `run` come last.
 */
export function chooseReplica<Row extends ContainerSummary>(
  containers: readonly Row[],
  index: number,
): Row | undefined {
  const wanted = containers.filter(
    ({ Labels }) => index <= 0 || Labels?.[LABEL.number] === String(index),
  );
  const rank = (row: Row): number => {
    const { oneOff, number } = toContainer(row);
    return oneOff ? Number.POSITIVE_INFINITY : number;
  };
  let best = wanted[0];
  for (const row of wanted) if (best !== undefined && rank(row) < rank(best)) best = row;
  return best;
}
