import type { ConfigHashes } from './config-hashes.ts';
import type { Separator } from './names.ts';

/** When a container that exists is replaced. */
export type RecreatePolicy = 'diverged' | 'force' | 'never';

export interface UpOptions {
  /** Services named on the command line; empty: all. They follow `recreate`. */
  readonly services: readonly string[];
  readonly recreate: RecreatePolicy;
  /** For services that are only there because another one needs them. */
  readonly recreateDependencies: RecreatePolicy;
  /** Leave dependencies alone: only `services` are planned. */
  readonly noDependencies: boolean;
  readonly renewAnonymousVolumes: boolean;
  readonly orphans: 'warn' | 'remove' | 'ignore';
  /** Seconds to wait for a container to stop; undefined: what it was created with. */
  readonly timeout: number | undefined;
  /** False: containers are created and nothing is started. */
  readonly start: boolean;
  /** True: the plan ends when everything runs and is healthy. */
  readonly wait: boolean;
  readonly hashes: ConfigHashes;
  /** Keys of diverged volumes whose loss was agreed to; see `divergedVolumes`. */
  readonly recreateVolumes: ReadonlySet<string>;
  readonly separator: Separator;
  /**
   * Container id → fields whose values differ, for containers whose configuration hash does: their
   * causes read `configuration changed` otherwise.
   */
  readonly changes?: ReadonlyMap<string, readonly string[]>;
  /** Container id → contents that are not what it was made with; see `contentCauses`. */
  readonly contents?: ReadonlyMap<string, readonly string[]>;
}
