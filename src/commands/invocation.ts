import type { FlagValues } from './flag-values.ts';
import type { Session } from '../app/session.ts';

/** What a command is given: its parsed line and the process it runs in. */
export interface Invocation {
  /** Flags before the command word. */
  readonly global: FlagValues;
  /** Flags between the name of a group and that of its command; absent: the command is in no group. */
  readonly group?: FlagValues;
  readonly flags: FlagValues;
  readonly args: readonly string[];
  /** All words after the program's name, as they were typed. */
  readonly typed: readonly string[];
  readonly dryRun: boolean;
  readonly session: Session;
}
