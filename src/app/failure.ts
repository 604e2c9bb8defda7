import type { Diagnostic } from '../compose/diagnostic.ts';
import { isEngineError } from '../engine/errors.ts';
import { diagnosticJson, formatDiagnostics } from '../output/diagnostics.ts';
import type { Session } from './session.ts';
import { usesColor } from './terminal.ts';

/** The user's input is at fault; everything wrong with it is in `diagnostics`. */
export class InvalidProject extends Error {
  readonly diagnostics: readonly Diagnostic[];

  constructor(diagnostics: readonly Diagnostic[]) {
    super(diagnostics.map(({ message }) => message).join('\n'));
    this.name = 'InvalidProject';
    this.diagnostics = diagnostics;
  }
}

/** A use case cannot do what was asked; `hint` says what would help. */
export class CommandFailure extends Error {
  readonly hint: string | undefined;
  readonly exitCode: number;

  constructor(message: string, hint?: string, exitCode = 1) {
    super(message);
    this.name = 'CommandFailure';
    this.hint = hint;
    this.exitCode = exitCode;
  }
}

/** What the flags before the command word say about output, as far as they could be understood. */
export interface FailureStyle {
  readonly json: boolean;
  readonly ansi: string | undefined;
  readonly verbose: boolean;
}

/**
 * Prints why a command failed and gives the exit code. User's and engine's faults are worded for
 * people; anything else is a fault of ours, which says so and shows its trace on request.
 */
export function printFailure(error: unknown, style: FailureStyle, session: Session): number {
  if (error instanceof InvalidProject) printDiagnostics(error.diagnostics, style, session);
  else if (style.json) {
    const { message, hint } = wording(error);
    const line = { error: true, message, ...(hint === undefined ? {} : { hint }) };
    session.stderr.write(`${JSON.stringify(line)}\n`);
  } else {
    const { message, hint } = wording(error);
    session.stderr.write(`${message}\n${hint === undefined ? '' : `  help: ${hint}\n`}`);
    if (style.verbose && error instanceof Error) session.stderr.write(`${error.stack ?? ''}\n`);
  }
  return error instanceof CommandFailure || isEngineError(error) ? error.exitCode : 1;
}

/** Prints errors and warnings of the user's input on standard error. */
export function printDiagnostics(
  diagnostics: readonly Diagnostic[],
  style: Pick<FailureStyle, 'json' | 'ansi'>,
  { cwd, env, stderr }: Session,
): void {
  if (style.json) {
    for (const diagnostic of diagnostics) {
      stderr.write(`${JSON.stringify(diagnosticJson(diagnostic, { cwd }))}\n`);
    }
    return;
  }
  const color = usesColor(stderr, { ansi: style.ansi, env });
  stderr.write(formatDiagnostics(diagnostics, { cwd, color }));
}

/** Names of errors that are worded for people where they are thrown. */
const WORDED = new Set([
  'UsageError',
  'CommandFailure',
  'EngineError',
  'MachineError',
  'ProviderError',
  'RemoteError',
  'TemplateError',
]);

function wording(error: unknown): { readonly message: string; readonly hint?: string } {
  if (!(error instanceof Error)) return { message: String(error) };
  const hint = 'hint' in error && typeof error.hint === 'string' ? { hint: error.hint } : {};
  if (WORDED.has(error.name)) return { message: error.message, ...hint };
  return {
    message: `internal error: ${error.message}`,
    hint: 'this is a fault of tcompose; --verbose before the command shows more for a report',
  };
}
