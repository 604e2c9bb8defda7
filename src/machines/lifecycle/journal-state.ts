import type { JournalLine, MachineRecord } from '../store/machine-record.ts';

/** A resource that is there, or may be, as far as a journal tells. */
export interface KnownResource {
  readonly kind: string;
  readonly token?: string;
  /** Absent: it was intended, and nobody knows whether it was made. */
  readonly id?: string;
  readonly region?: string;
  /** When it was intended or made; ISO 8601. */
  readonly at: string;
}

/** What a machine's journal says has happened. */
export interface JournalState {
  /** In the order in which they were made; removed ones are left out. */
  readonly resources: readonly KnownResource[];
  /** Steps that were done since the instance was made. */
  readonly done: ReadonlySet<string>;
  /** Step that was begun last and is not done. */
  readonly step: string | undefined;
}

/**
 * Reads a journal, however far it came: an intent counts as a resource until it is known that there is none, and
 * the line about what came of it replaces the intent.
 */
export function readJournalState(lines: readonly JournalLine[]): JournalState {
  const resources: KnownResource[] = [];
  const done = new Set<string>();
  let step: string | undefined;
  for (const line of lines) {
    switch (line.event) {
      case 'step':
        step = line.step;
        break;
      case 'step-done':
        done.add(line.step);
        if (step === line.step) step = undefined;
        break;
      case 'intend':
        intend(resources, line);
        break;
      case 'made':
        make(resources, line);
        break;
      case 'removed':
        if (remove(resources, line) === 'instance') done.clear();
        break;
    }
  }
  return { resources, done, step };
}

/** What a machine may have at its account; records that were imported know their instance without a journal. */
export function knownResources(
  { instanceId, createdAt }: Pick<MachineRecord, 'instanceId' | 'createdAt'>,
  lines: readonly JournalLine[],
): readonly KnownResource[] {
  const { resources } = readJournalState(lines);
  if (instanceId === undefined || resources.some(({ id }) => id === instanceId)) return resources;
  return [...resources, { kind: 'instance', id: instanceId, at: createdAt }];
}

type LineOf<E extends JournalLine['event']> = Extract<JournalLine, { readonly event: E }>;

function intend(resources: KnownResource[], { kind, token, at }: LineOf<'intend'>): void {
  const again = resources.some((known) => known.kind === kind && known.token === token);
  if (!again) resources.push({ kind, token, at });
}

function make(resources: KnownResource[], line: LineOf<'made'>): void {
  const { kind, id, region, at } = line;
  if (resources.some((known) => known.kind === kind && known.id === id)) return;
  const index = resources.findIndex(
    (known) =>
      known.kind === kind &&
      known.id === undefined &&
      (line.token === undefined || known.token === line.token),
  );
  const token = line.token ?? resources[index]?.token;
  const made: KnownResource = {
    kind,
    ...(token === undefined ? {} : { token }),
    id,
    ...(region === undefined ? {} : { region }),
    at,
  };
  if (index < 0) resources.push(made);
  else resources[index] = made;
}

/** The kind of what was removed; a line that names a token tells that nothing came of an intent. */
function remove(resources: KnownResource[], { kind, id }: LineOf<'removed'>): string | undefined {
  const index = resources.findIndex(
    (known) => known.kind === kind && (known.id ?? known.token) === id,
  );
  if (index < 0) return undefined;
  resources.splice(index, 1);
  return kind;
}
