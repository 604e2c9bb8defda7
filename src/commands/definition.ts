import type { Session } from '../app/session.ts';
import type { ChoiceKind } from '../providers/provider.ts';
import type { Invocation } from './invocation.ts';

/** Kinds of flag values; `list` may be given several times, so may `filter`, a list of `NAME=VALUE`. */
export type FlagType = 'bool' | 'string' | 'int' | 'list' | 'filter' | 'bytes';

/** One flag of a command. Only data, so that help, completion and checks can read it. */
export interface FlagDefinition {
  readonly name: string;
  /** One letter. */
  readonly short?: string;
  readonly type: FlagType;
  /** As it would be typed; bool: `true` or `false` (the default), int: `0`. */
  readonly default?: string;
  readonly summary: string;
  readonly hidden?: boolean;
  /** Other spellings that scripts use. */
  readonly aliases?: readonly string[];
  /** Said when one of them is used. */
  readonly aliasWarning?: string;
  /** What its value can be, for completion. */
  readonly values?: ValueSet;
}

/** What shells offer in a place: these words, or what a name stands for. */
export type ValueSet =
  | readonly string[]
  | 'services'
  /** `SERVICE=`, for a number. */
  | 'replicas'
  /** `SERVICE:`, for a path, or a path on this machine. */
  | 'copies'
  | 'profiles'
  | 'projects'
  | 'contexts'
  | 'machines'
  /** `MACHINE:`, for a path, or a path on this machine. */
  | 'machine copies'
  | 'providers'
  | ChoiceKind
  | 'files'
  | 'yaml files'
  | 'directories';

/** How many words a command takes after its flags. */
export interface Arity {
  readonly min?: number;
  readonly max?: number;
  /** Whose words say that there are too few or too many; some commands borrow those of docker. */
  readonly wording?: 'cobra' | 'docker';
}

/**
 * One command: what it is called and takes. `run` loads the work lazily, so that the table of all
 * commands costs next to nothing at start-up. It resolves to the exit code.
 */
export interface CommandDefinition {
  readonly name: string;
  readonly aliases?: readonly string[];
  readonly usage: string;
  /** A second form of the usage line. */
  readonly otherUsage?: string;
  readonly summary: string;
  readonly flags: readonly FlagDefinition[];
  /** Flags that depend on the words of the line, such as those of a machine's provider. */
  readonly moreFlags?: (
    argv: readonly string[],
    session: Session,
  ) => Promise<readonly FlagDefinition[]>;
  /** True: a long flag may have one dash, as in programs that Go's own flag package reads. */
  readonly singleDash?: boolean;
  readonly args?: Arity;
  readonly hidden?: boolean;
  readonly examples?: readonly string[];
  /** True: the command has nothing to do with the project of the current directory. */
  readonly projectless?: boolean;
  /** True: it never works without the engine, so that connecting begins before the project is read. */
  readonly usesEngine?: boolean;
  /** False: the first word ends the flags (`run`, `exec`). */
  readonly interspersed?: boolean;
  /** Makes the command a group: its first word is one of these, `run` is for lines without one. */
  readonly subcommands?: readonly CommandDefinition[];
  /** Of a group: says that it has no such command, if not in the words of Compose. */
  readonly unknown?: (program: string, name: string) => string;
  readonly run: (invocation: Invocation) => Promise<number>;
}
