import type { SwarmOptions } from '../../output/machine/legacy-options.ts';
import { CommandFailure } from '../failure.ts';
import type { KnownMachine } from './target.ts';

/** A machine and what was said about Swarm v1 at its creation. */
export interface ListedMachine {
  readonly machine: KnownMachine;
  readonly swarm: SwarmOptions;
}

/** What `--filter` says; several values of one key are alternatives, different keys must all hold. */
export interface MachineFilters {
  readonly swarms: readonly string[];
  readonly drivers: readonly string[];
  readonly states: readonly string[];
  readonly names: readonly RegExp[];
  /** Pairs of key and value. */
  readonly labels: readonly (readonly [string, string])[];
}

/**
 * Reads filters in the words of docker-machine.
 *
 * @throws CommandFailure for those that there are not
 */
export function parseFilters(texts: readonly string[]): MachineFilters {
  const pairs = texts.map((text) => {
    const [key, value] = splitOnce(text);
    if (value === undefined) {
      throw new CommandFailure('Unsupported filter syntax', `write ${text}=VALUE`);
    }
    return { key: key.toLowerCase(), value };
  });
  const values = (wanted: string): string[] =>
    pairs.filter(({ key }) => key === wanted).map(({ value }) => value);
  const unknown = pairs.find(({ key }) => !KEYS.includes(key));
  if (unknown !== undefined) {
    throw new CommandFailure(
      `Unsupported filter key '${unknown.key}'`,
      `use ${KEYS.slice(0, -1).join(', ')} or ${KEYS.at(-1)}`,
    );
  }
  return {
    swarms: values('swarm'),
    drivers: values('driver'),
    states: values('state'),
    names: values('name').map(pattern),
    labels: values('label').map(label),
  };
}

const KEYS = ['driver', 'label', 'name', 'state', 'swarm'];

/** Whether a machine has all properties but its state, which it must be asked for. */
export function matchesAll(
  { machine: { record }, swarm }: ListedMachine,
  filters: MachineFilters,
  masters: ReadonlyMap<string, string>,
): boolean {
  const labels = new Map(record.engine.labels.map((text) => splitOnce(text)));
  return (
    any(filters.swarms, (name) => same(name, masters.get(swarm.discovery))) &&
    any(filters.drivers, (name) => same(name, record.provider)) &&
    any(filters.names, (name) => name.test(record.name)) &&
    any(filters.labels, ([key, value]) => labels.has(key) && same(value, labels.get(key) ?? ''))
  );
}

/** Names of masters of Swarm v1 by what they discover each other with. */
export function swarmMasters(machines: readonly ListedMachine[]): ReadonlyMap<string, string> {
  return new Map(
    machines
      .filter(({ swarm }) => swarm.master)
      .map(({ machine, swarm }) => [swarm.discovery, machine.name]),
  );
}

function any<T>(wanted: readonly T[], holds: (each: T) => boolean): boolean {
  return wanted.length === 0 || wanted.some(holds);
}

function same(a: string, b: string | undefined): boolean {
  return a.toLowerCase() === b?.toLowerCase();
}

/** Flags stand before a pattern of Go, as `(?i)web`. */
function pattern(text: string): RegExp {
  const [begin = '', flags = ''] = /^\(\?([ims]+)\)/.exec(text) ?? [];
  try {
    return new RegExp(text.slice(begin.length), flags);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new CommandFailure(
      `error parsing regexp: ${why.replace(/^.*: /s, '').toLowerCase()}: \`${text}\``,
    );
  }
}

function label(text: string): readonly [string, string] {
  const [key, value] = splitOnce(text);
  if (value !== undefined) return [key, value];
  throw new CommandFailure(
    `Unsupported filter syntax: label=${text} has no value`,
    `write label=${text}=VALUE`,
  );
}

function splitOnce(text: string): readonly [string, string | undefined] {
  const at = text.indexOf('=');
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)];
}
