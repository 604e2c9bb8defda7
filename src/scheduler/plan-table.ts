import type { Action, Plan, Step } from './plan.ts';

/** One line for people: what happens to which thing, and why. */
export interface PlanRow {
  /** Sign of the change: `+` new, `~` changed, `-` gone, `>` started or waited for. */
  readonly sign: '+' | '~' | '-' | '>';
  /** `create, start`, `recreate`, `remove`. */
  readonly change: string;
  /** `network:default`, `service:web:1`. */
  readonly resource: string;
  readonly host: string;
  readonly cause: string;
}

/** Words for what a step does; steps that only prepare others are not shown. */
const WORDS: Readonly<Record<Exclude<Action['kind'], 'run-provider'>, string | undefined>> = {
  'pull-image': 'pull',
  'build-images': 'build',
  'create-network': 'create',
  'remove-network': 'remove',
  'connect-network': 'connect',
  'disconnect-network': undefined,
  'create-volume': 'create',
  'remove-volume': 'remove',
  'create-container': 'create',
  'write-files': undefined,
  'start-container': 'start',
  'stop-container': 'stop',
  'restart-container': 'restart',
  'kill-container': 'kill',
  'pause-container': 'pause',
  'unpause-container': 'unpause',
  'rename-container': 'rename',
  'remove-container': 'remove',
  'wait-condition': 'wait',
  'run-hook': 'hook',
  'run-pre-start': 'hook',
  'remove-image': 'remove',
  'prepare-model': 'prepare',
};

/** Rows in plan order; the steps about one resource on one host are one row. */
export function planTable({ steps }: Plan): readonly PlanRow[] {
  const rows = new Map<string, { first: Step; words: string[]; recreated: boolean }>();
  for (const step of steps) {
    const word = wordOf(step.action);
    const key = `${step.host} ${step.resource}`;
    const row = rows.get(key) ?? { first: step, words: [], recreated: false };
    rows.set(key, row);
    if (step.action.kind === 'create-container' && step.action.replaces !== undefined) {
      row.recreated = true;
      row.first = step;
    }
    if (word !== undefined && !row.words.includes(word)) row.words.push(word);
  }
  return [...rows.values()]
    .filter(({ words }) => words.length > 0)
    .map(({ first, words, recreated }) => ({
      sign: recreated ? '~' : signOf(words),
      change: recreated ? 'recreate' : describe(words),
      resource: first.resource,
      host: first.host,
      cause: first.cause,
    }));
}

function wordOf(action: Action): string | undefined {
  return action.kind === 'run-provider' ? action.command : WORDS[action.kind];
}

/** Words that mean something else together than one after the other. */
const TOGETHER: Readonly<Record<string, string>> = {
  'remove, create': 'replace',
  'pull, build': 'pull or build',
};

function describe(words: readonly string[]): string {
  const text = words.join(', ');
  return TOGETHER[text] ?? text;
}

function signOf(words: readonly string[]): PlanRow['sign'] {
  const gone = words.includes('remove') || words.includes('down');
  const made = words.some((word) => ['create', 'pull', 'build'].includes(word));
  if (gone && made) return '~';
  if (gone) return '-';
  return made ? '+' : '>';
}
