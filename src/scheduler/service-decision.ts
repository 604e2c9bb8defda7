import type { Service } from '../compose/model.ts';
import { scaleOf } from './names.ts';
import type { ObservedContainer } from './observed.ts';
import { recreateCause, type Expectation } from './recreate-cause.ts';

/** What becomes of a service's containers. */
export interface ServiceDecision {
  readonly service: Service;
  /** Up to date, by number. */
  readonly keep: readonly ObservedContainer[];
  readonly replace: readonly { readonly container: ObservedContainer; readonly cause: string }[];
  /** Beyond the scale, or beyond repair. */
  readonly remove: readonly { readonly container: ObservedContainer; readonly cause: string }[];
  readonly create: readonly { readonly number: number; readonly cause: string }[];
}

/** Decides for one service; `containers` are its replicas, none of which the plan removes already. */
export function decideService(
  expected: Expectation,
  containers: readonly ObservedContainer[],
): ServiceDecision {
  const { service } = expected;
  const scale = scaleOf(service);
  const usable = containers.filter(({ state }) => state !== 'dead' && state !== 'removing');
  const ranked = usable
    .map((container) => ({ container, cause: recreateCause(expected, container) }))
    .sort(byWorth);
  const numbers = new Set<number>();
  // Of two with one number an interrupted replacement left the worse one.
  const [best, superseded] = partition(ranked, ({ container: { number } }) => {
    const first = !numbers.has(number);
    numbers.add(number);
    return first;
  });
  const stay = best.slice(0, scale).sort(byNumber);
  const broken = containers.filter((container) => !usable.includes(container));
  const missing = Math.max(0, scale - stay.length);
  const free = freeNumbers(broken, usable);
  return {
    service,
    keep: stay.filter(({ cause }) => cause === undefined).map(({ container }) => container),
    replace: stay.flatMap(({ container, cause }) =>
      cause === undefined ? [] : [{ container, cause }],
    ),
    remove: [
      ...broken.map((container) => ({ container, cause: `state is ${container.state}` })),
      ...superseded.map(({ container }) => ({ container, cause: 'superseded' })),
      ...best.slice(scale).map(({ container }) => ({ container, cause: 'scale down' })),
    ],
    create: Array.from({ length: missing }, (_, index) => ({
      number: free(index),
      cause: creationCause(index < broken.length, usable),
    })),
  };
}

function partition<T>(all: readonly T[], isFirst: (one: T) => boolean): [T[], T[]] {
  const first: T[] = [];
  const second: T[] = [];
  for (const one of all) (isFirst(one) ? first : second).push(one);
  return [first, second];
}

/** Numbers for new replicas: of those beyond repair first, then from the highest one upwards. */
function freeNumbers(
  broken: readonly ObservedContainer[],
  usable: readonly ObservedContainer[],
): (index: number) => number {
  const taken = new Set(usable.map(({ number }) => number));
  const again = broken.map(({ number }) => number).filter((number) => !taken.has(number));
  const next = Math.max(0, ...taken, ...again) + 1;
  return (index) => again[index] ?? next + index - again.length;
}

function creationCause(repairs: boolean, usable: readonly ObservedContainer[]): string {
  if (repairs) return 'replaces a broken container';
  return usable.length === 0 ? 'not found' : 'scale up';
}

interface Ranked {
  readonly container: ObservedContainer;
  readonly cause: string | undefined;
}

/** Up to date before diverged, low numbers before high ones, new before old. */
function byWorth(left: Ranked, right: Ranked): number {
  return (
    Number(left.cause !== undefined) - Number(right.cause !== undefined) || byNumber(left, right)
  );
}

function byNumber({ container: left }: Ranked, { container: right }: Ranked): number {
  return (
    left.number - right.number ||
    right.created - left.created ||
    (left.name < right.name ? -1 : Number(left.name > right.name))
  );
}
