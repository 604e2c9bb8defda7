import type { ObservedContainer } from '../scheduler/observed.ts';
import { planPause, planUnpause } from '../scheduler/plan-kill.ts';
import { CommandFailure } from './failure.ts';
import type { GlobalOptions } from './global-options.ts';
import { runLifecycle } from './lifecycle.ts';
import type { Session } from './session.ts';

export interface PauseRequest {
  /** Empty: all. */
  readonly services: readonly string[];
  readonly dryRun: boolean;
}

/** `pause`: freezes what runs. A container that is frozen already is a failure, as in Compose. */
export function pause(
  session: Session,
  global: GlobalOptions,
  request: PauseRequest,
): Promise<number> {
  return freeze(session, global, request, {
    title: 'pause',
    makePlan: planPause,
    refused: ({ id, name }) =>
      new CommandFailure(
        `Error response from daemon: Container ${id} is already paused`,
        `it is ${name}; "unpause" lets it go on`,
      ),
  });
}

/** `unpause`: lets frozen containers go on. One that runs is a failure, as in Compose. */
export function unpause(
  session: Session,
  global: GlobalOptions,
  request: PauseRequest,
): Promise<number> {
  return freeze(session, global, request, {
    title: 'unpause',
    makePlan: planUnpause,
    refused: ({ id, name }) =>
      new CommandFailure(
        `Error response from daemon: Container ${id} is not paused`,
        `it is ${name}; "ps" shows what each container does`,
      ),
  });
}

interface Direction {
  readonly title: 'pause' | 'unpause';
  readonly makePlan: typeof planPause;
  /** The failure in the words of the engine, which need not be asked. */
  readonly refused: (container: ObservedContainer) => CommandFailure;
}

/** Does what can be done, then fails if something was in the wanted state already. */
async function freeze(
  session: Session,
  global: GlobalOptions,
  request: PauseRequest,
  { title, makePlan, refused }: Direction,
): Promise<number> {
  const already: ObservedContainer[] = [];
  const options = { title, ...request, toleratesUnknown: true };
  await runLifecycle(session, global, options, ({ project, observed }) => {
    const { plan, settled } = makePlan(project, observed, request.services);
    already.push(...settled);
    if (plan.steps.length > 0) return plan;
    if (settled.length === 0) session.stderr.write(`No container to ${title}\n`);
    return undefined;
  });
  const [first] = already;
  if (first !== undefined && !request.dryRun) throw refused(first);
  return 0;
}
