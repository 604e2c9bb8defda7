import type { Action, ContainerRef, Step } from '../../scheduler/plan.ts';
import { unreachable } from '../../foundation/unreachable.ts';

/** What a step shows while it runs and when it is done; undefined: nothing, or it tells itself. */
export interface StepTexts {
  /** `Container p-web-1`. */
  readonly id: string;
  readonly working: string;
  readonly done: string;
  /** When it failed, in place of `Error` and the reason. */
  readonly failed?: string;
}

/** Name of the container behind a reference. */
export type NameOf = (reference: ContainerRef) => string;

/** Texts of an action, in the words of Compose. */
export function stepTexts(action: Action, nameOf: NameOf): StepTexts | undefined {
  const container = (reference: ContainerRef, working: string, done: string): StepTexts => ({
    id: `Container ${nameOf(reference)}`,
    working,
    done,
  });
  switch (action.kind) {
    case 'create-network':
      return { id: `Network ${action.name}`, working: 'Creating', done: 'Created' };
    case 'remove-network':
      return { id: `Network ${action.name}`, working: 'Removing', done: 'Removed' };
    case 'create-volume':
      return { id: `Volume ${action.name}`, working: 'Creating', done: 'Created' };
    case 'remove-volume':
      if (action.silent === true) return undefined;
      return { id: `Volume ${action.name}`, working: 'Removing', done: 'Removed' };
    case 'remove-image':
      return { id: `Image ${action.image}`, working: 'Removing', done: 'Removed' };
    case 'create-container':
      return { id: `Container ${action.name}`, working: 'Creating', done: 'Created' };
    case 'start-container':
      return container(action.container, 'Starting', 'Started');
    case 'stop-container':
      return container(action.container, 'Stopping', 'Stopped');
    case 'restart-container':
      return container(action.container, 'Restarting', 'Started');
    case 'kill-container':
      return {
        ...container(action.container, 'Killing', 'Killed'),
        failed: 'Error while Killing',
      };
    case 'pause-container':
      return container(action.container, 'Pausing', 'Paused');
    case 'unpause-container':
      return container(action.container, 'Unpausing', 'Unpaused');
    case 'remove-container':
      return container(action.container, 'Removing', 'Removed');
    case 'pull-image':
    case 'build-images':
    case 'connect-network':
    case 'disconnect-network':
    case 'write-files':
    case 'rename-container':
    case 'wait-condition':
    case 'run-hook':
    case 'run-pre-start':
    case 'prepare-model':
    case 'run-provider':
      return undefined;
    default:
      return unreachable(action);
  }
}

/** Steps of one group are shown as one: the container under its final name. */
export interface GroupState {
  readonly texts: StepTexts;
  /** Steps of the exchange itself; what comes after it (the start) shows itself. */
  readonly exchange: ReadonlySet<number>;
  readonly size: number;
  /** Steps that have begun or were done, and those of the exchange among them. */
  begun: number;
  done: number;
  exchanged: number;
}

const AFTER_EXCHANGE: ReadonlySet<Action['kind']> = new Set<Action['kind']>([
  'write-files',
  'start-container',
]);

/** Groups of a plan by name. */
export function groupsOf(steps: readonly Step[]): Map<string, GroupState> {
  const groups = new Map<string, Step[]>();
  for (const step of steps) {
    if (step.group === undefined) continue;
    const members = groups.get(step.group);
    if (members === undefined) groups.set(step.group, [step]);
    else members.push(step);
  }
  return new Map([...groups].map(([name, members]) => [name, groupOf(name, members)]));
}

function groupOf(name: string, members: readonly Step[]): GroupState {
  const start = members.findIndex(({ action }) => AFTER_EXCHANGE.has(action.kind));
  const exchange = start < 0 ? members : members.slice(0, start);
  const id = members.map(({ action }) => finalName(action)).find(Boolean) ?? name;
  return {
    texts: { id: `Container ${id}`, working: 'Recreate', done: 'Recreated' },
    exchange: new Set(exchange.map((step) => step.id)),
    size: members.length,
    begun: 0,
    done: 0,
    exchanged: 0,
  };
}

/** Name that a replacement has in the end. */
function finalName(action: Action): string | undefined {
  if (action.kind === 'rename-container' && 'createdBy' in action.container) return action.name;
  return action.kind === 'create-container' ? action.replaces?.name : undefined;
}

/** What a step shows, with its group taken into account. */
export interface Shown {
  /** Told when the step begins. */
  readonly working: StepTexts | undefined;
  /** Told when it is done. */
  readonly done: StepTexts | undefined;
}

/** What a step that is about to begin shows, as things stand in its group. */
export function shownBy(step: Step, group: GroupState | undefined, nameOf: NameOf): Shown {
  const own = stepTexts(step.action, nameOf);
  if (group === undefined) return { working: isInstant(step.action) ? undefined : own, done: own };
  if (group.exchange.has(step.id)) {
    return {
      working: group.begun === 0 ? group.texts : undefined,
      done: group.exchanged === group.exchange.size - 1 ? group.texts : undefined,
    };
  }
  const start = step.action.kind === 'start-container' ? own : undefined;
  return { working: start, done: start };
}

/** What takes no time is told only when it is done, as in Compose. */
function isInstant({ kind }: Action): boolean {
  return kind === 'pause-container' || kind === 'unpause-container';
}
