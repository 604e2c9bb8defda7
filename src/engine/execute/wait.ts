import { EngineError } from '../errors.ts';
import type { PeerContainer } from '../service-references.ts';
import type { ActionOf, Executor, StepContext } from './context.ts';
import { inspectContainer, type ContainerInspect } from './inspect.ts';

/** Verdict on one container: keep waiting, or how it ended. */
type Verdict =
  | { readonly kind: 'waiting' }
  | { readonly kind: 'reached'; readonly text: 'Healthy' | 'Exited' }
  | { readonly kind: 'failed'; readonly reason: string; readonly hint?: string };

/** Between events a container is looked at this often, in case an event was lost. Milliseconds. */
const SAFETY_INTERVAL = 5_000;

/**
 * Waits until the containers of a service reach a condition. Follows the engine's events: a
 * container is looked at once, and again whenever something happens to it.
 */
export const waitCondition: Executor<'wait-condition'> = async (action, context) => {
  const containers = action.containers.map((reference) => context.resolve(reference));
  const tell = (
    status: 'working' | 'done' | 'warning' | 'error',
    text: string,
    details = '',
  ): void => {
    for (const { name } of containers) {
      const more = details === '' ? {} : { details };
      context.emit({ id: `Container ${name}`, status, text, ...more });
    }
  };
  tell('working', 'Waiting');
  const verdict = await settle(action, containers, context);
  if (verdict.kind === 'reached') {
    tell('done', verdict.text);
    return undefined;
  }
  const { reason, hint } = verdict;
  if (!action.required) {
    const text = optionalText(action, reason);
    tell('warning', `Skipped: ${text.split(':')[0] ?? text}`);
    context.warn(text);
    return undefined;
  }
  tell(
    'error',
    'Error',
    action.condition === 'healthy' ? `dependency ${action.service} failed to start` : reason,
  );
  throw new EngineError('condition-failed', requiredText(action, reason), {
    resource: `service ${action.service}`,
    ...(hint === undefined ? {} : { hint }),
  });
};

function requiredText({ condition, service }: ActionOf<'wait-condition'>, reason: string): string {
  switch (condition) {
    case 'healthy':
      return `dependency failed to start: ${reason}`;
    case 'completed':
      return `service "${service}" ${reason}`;
    case 'running-or-healthy':
      return reason;
  }
}

function optionalText({ condition, service }: ActionOf<'wait-condition'>, reason: string): string {
  switch (condition) {
    case 'healthy':
      return `optional dependency "${service}" failed to start: ${reason}`;
    case 'completed':
      return `optional dependency "${service}" ${reason}`;
    case 'running-or-healthy':
      return `optional dependency "${service}" is not running or is unhealthy: ${reason}`;
  }
}

/** All replicas must be healthy; completion is decided by the first that exits. */
async function settle(
  action: ActionOf<'wait-condition'>,
  containers: readonly PeerContainer[],
  context: StepContext,
): Promise<Exclude<Verdict, { readonly kind: 'waiting' }>> {
  if (containers.length === 0) return { kind: 'reached', text: 'Healthy' };
  const over = new AbortController();
  const scoped = { ...context, signal: AbortSignal.any([context.signal, over.signal]) };
  const follow = (container: PeerContainer): ReturnType<typeof followOne> =>
    followOne(action, container, scoped);
  try {
    if (action.condition === 'completed') return await Promise.race(containers.map(follow));
    const verdicts = containers.map(follow);
    const failure = verdicts.map(async (pending) => {
      const verdict = await pending;
      return verdict.kind === 'failed' ? verdict : new Promise<never>(() => {});
    });
    const all = Promise.all(verdicts).then((reached) => reached.at(-1));
    return (await Promise.race([...failure, all])) ?? { kind: 'reached', text: 'Healthy' };
  } finally {
    over.abort(new Error('the wait is over'));
  }
}

async function followOne(
  action: ActionOf<'wait-condition'>,
  container: PeerContainer,
  { client, events, signal }: StepContext,
): Promise<Exclude<Verdict, { readonly kind: 'waiting' }>> {
  for (;;) {
    await events.ready(signal);
    // The next change is asked for before looking, so that none falls between the two.
    const round = new AbortController();
    const changed = events.next(
      [container.id],
      AbortSignal.any([signal, round.signal, AbortSignal.timeout(SAFETY_INTERVAL)]),
    );
    changed.catch(() => undefined);
    try {
      const verdict = judge(action.condition, await inspectContainer(client, container, signal));
      if (verdict.kind !== 'waiting') return verdict;
      await changed.catch(() => signal.throwIfAborted());
    } finally {
      round.abort(new Error('looked at again'));
    }
  }
}

/** What a container's state means for a condition; texts as Compose words them. */
export function judge(
  condition: ActionOf<'wait-condition'>['condition'],
  { Name, State, Config }: ContainerInspect,
): Verdict {
  const name = Name.replace(/^\//, '');
  const exited = State.Status === 'exited' || State.Status === 'dead';
  if (condition === 'completed') {
    if (!exited) return { kind: 'waiting' };
    if (State.ExitCode === 0) return { kind: 'reached', text: 'Exited' };
    return {
      kind: 'failed',
      reason: `didn't complete successfully: exit ${State.ExitCode}`,
      hint: `"docker logs ${name}" shows what it wrote.`,
    };
  }
  if (exited) {
    if (condition === 'running-or-healthy' && State.ExitCode === 0) {
      return { kind: 'reached', text: 'Exited' };
    }
    return {
      kind: 'failed',
      reason: `container ${name} exited (${State.ExitCode})`,
      hint:
        State.OOMKilled === true
          ? 'It ran out of memory; raise its memory limit.'
          : `"docker logs ${name}" shows what it wrote.`,
    };
  }
  const unchecked = (Config.Healthcheck?.Test ?? ['NONE'])[0] === 'NONE';
  if (unchecked && condition === 'running-or-healthy') {
    return State.Status === 'running' ? { kind: 'reached', text: 'Healthy' } : { kind: 'waiting' };
  }
  return judgeHealth(name, State);
}

function judgeHealth(name: string, { Health, Status }: ContainerInspect['State']): Verdict {
  if (Health === undefined || Health.Status === 'none') {
    return {
      kind: 'failed',
      reason: `container ${name} has no healthcheck configured`,
      hint: 'Give the service a healthcheck, or depend on it with condition: service_started.',
    };
  }
  if (Health.Status === 'healthy') return { kind: 'reached', text: 'Healthy' };
  if (Health.Status !== 'unhealthy' || Status === 'restarting') return { kind: 'waiting' };
  const output = Health.Log?.at(-1)?.Output.trim();
  return {
    kind: 'failed',
    reason: `container ${name} is unhealthy`,
    ...(output ? { hint: `The last health check wrote: ${output.slice(0, 500)}` } : {}),
  };
}
