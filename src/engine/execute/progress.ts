import type { Action, ContainerRef, Step } from '../../scheduler/plan.ts';
import { unreachable } from '../../foundation/unreachable.ts';

/** What a step shows while it runs and when it is done; undefined: nothing, or it tells itself. */
export interface StepTexts {
  /** `Container p-web-1`. */
  readonly id: string;
  readonly working: string;
  readonly done: string;
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
      return container(action.container, 'Killing', 'Killed');
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
      return undefined;
    default:
      return unreachable(action);
  }
}

/** Steps of one group are shown as one: the container under its final name. */
export interface GroupState {
  readonly texts: StepTexts;
  readonly size: number;
  begun: number;
  ended: number;
}

/** Groups of a plan by name. */
export function groupsOf(steps: readonly Step[]): Map<string, GroupState> {
  const names = [...new Set(steps.flatMap(({ group }) => (group === undefined ? [] : [group])))];
  return new Map(
    names.map((name) => {
      const members = steps.filter(({ group }) => group === name);
      const id = members.map(({ action }) => replacedName(action)).find(Boolean) ?? name;
      const texts = { id: `Container ${id}`, working: 'Recreate', done: 'Recreated' };
      return [name, { texts, size: members.length, begun: 0, ended: 0 }];
    }),
  );
}

function replacedName(action: Action): string | undefined {
  if (action.kind === 'rename-container' && 'createdBy' in action.container) return action.name;
  return action.kind === 'create-container' ? action.replaces?.name : undefined;
}
