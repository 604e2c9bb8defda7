import type { FlagValues } from './flag-values.ts';
import type { Session } from '../app/session.ts';

/** What a command is given: its parsed line and the process it runs in. */
export interface Invocation {
  /** Flags before the command word. */
  readonly global: FlagValues;
  readonly flags: FlagValues;
  readonly args: readonly string[];
  readonly dryRun: boolean;
  readonly session: Session;
}
