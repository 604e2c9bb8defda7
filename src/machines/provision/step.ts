import { REPLACE, WRITE } from './write-scripts.ts';

/** What a step works on, which decides how its output is understood. */
export type StepKind = 'packages' | 'engine' | 'file' | 'system';

/** One command of a plan, run as root. Two equal hosts get equal steps. */
export interface Step {
  readonly kind: StepKind;
  /** What is being done, for people: `install docker.io`. */
  readonly title: string;
  readonly argv: readonly string[];
  readonly input?: string;
  /** True: nobody may see the input. */
  readonly secret?: boolean;
  /** Milliseconds. */
  readonly timeout: number;
  /** False: it only looks or waits. */
  readonly changes: boolean;
  /** True: it serves tcompose alone, and nobody needs to be told of it. */
  readonly quiet?: boolean;
  /** True: what it does is known to new connections only. */
  readonly renewsSession?: boolean;
  /** Fingerprints: what it prints has to be one of these keys, and nothing else. */
  readonly keys?: readonly string[];
  /** What would help when it takes too long. */
  readonly lateHint?: string;
  /** What changes, line by line. */
  readonly details?: readonly string[];
  /** Has to succeed afterwards. */
  readonly check?: readonly string[];
  /** Puts back what was there, when this step or its check fails. */
  readonly undo?: readonly Step[];
}

/** What is to be done to a host. */
export interface Plan {
  readonly steps: readonly Step[];
  /** True: what comes next depends on what these steps bring, so facts are gathered and planned once more. */
  readonly again: boolean;
  /** What would be changed if it were asked for, as lines for people. */
  readonly left: readonly string[];
  /** What the user should know. */
  readonly notes: readonly string[];
}

/** Why nothing can be planned, and what would help. */
export interface Refusal {
  readonly message: string;
  readonly hint: string;
}

export const second = 1000;
export const minute = 60 * second;

export interface FileToWrite {
  readonly title: string;
  readonly path: string;
  readonly content: string;
  readonly mode: string;
  readonly secret?: boolean;
  readonly backup?: string;
  /** Path of a dockerd that checks the text as its configuration. */
  readonly validator?: string;
  readonly details?: readonly string[];
}

/** The step that writes a file. */
export function writeStep(file: FileToWrite): Step {
  return {
    kind: 'file',
    title: file.title,
    argv: [
      'sh',
      '-c',
      WRITE,
      'write',
      file.path,
      file.mode,
      file.backup ?? '',
      file.validator ?? '',
    ],
    input: file.content,
    timeout: 30 * second,
    changes: true,
    ...(file.secret === undefined ? {} : { secret: file.secret }),
    ...(file.details === undefined ? {} : { details: file.details }),
  };
}

/** A plan as text, for tests and people: commands as a shell takes them, input below them. */
export function planText(plan: Plan): string {
  const lines = plan.steps.flatMap((step) => [
    `# ${step.title} (${step.changes ? 'changes' : 'waits'}, at most ${step.timeout / second} s)`,
    ...(step.details ?? []).map((line) => `#   ${line}`),
    `$ ${commandText(step.argv)}`,
    ...inputLines(step),
    ...(step.keys === undefined ? [] : [`= key ${step.keys.join(' or ')}`]),
    ...(step.check === undefined ? [] : [`? ${commandText(step.check)}`]),
    ...(step.undo ?? []).map((undo) => `! ${undo.title}: ${commandText(undo.argv)}`),
  ]);
  return [
    ...lines,
    ...(plan.again ? ['# look again'] : []),
    ...plan.left.map((line) => `left: ${line}`),
    ...plan.notes.map((line) => `note: ${line}`),
    '',
  ].join('\n');
}

function inputLines(step: Step): string[] {
  if (step.input === undefined) return [];
  if (step.secret === true) return ['< (secret)'];
  return step.input
    .replace(/\n$/, '')
    .split('\n')
    .map((line) => `< ${line}`);
}

/** Names for scripts, whose text is of no interest in a plan. */
const SCRIPTS = new Map([
  [WRITE, 'WRITE'],
  [REPLACE, 'REPLACE'],
]);

/** Words quoted for a shell where that is needed; the text of scripts is left out. */
function commandText(argv: readonly string[]): string {
  return argv
    .map((word) => SCRIPTS.get(word) ?? word)
    .map((word) => (/^[\w@%+=:,./~*-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`))
    .join(' ');
}
