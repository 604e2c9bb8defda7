/** When a container that exists is replaced. */
export type RecreatePolicy = 'diverged' | 'force' | 'never';

/** What `create`, `up` and `scale` share. */
export interface CreateRequest {
  readonly services: readonly string[];
  readonly build: boolean;
  readonly noBuild: boolean;
  /** `always`, `missing`, `never`, `build`; undefined: each service's own policy. */
  readonly pull: string | undefined;
  readonly quietPull: boolean;
  readonly quietBuild: boolean;
  readonly recreate: RecreatePolicy;
  readonly recreateDependencies: RecreatePolicy;
  readonly renewAnonymousVolumes: boolean;
  readonly removeOrphans: boolean;
  /** Service → replicas. */
  readonly scale: ReadonlyMap<string, number>;
  readonly noDependencies: boolean;
  /** Which contents count as configuration, as typed; absent: as the environment says. */
  readonly contentChanges?: string | undefined;
  readonly assumeYes: boolean;
  /** Copy bind mounts of the project's own files to the engine's host. */
  readonly syncBinds?: boolean | undefined;
  /** Seconds to wait for a container to stop; undefined: what it was created with. */
  readonly timeout: number | undefined;
  readonly dryRun: boolean;
}

/** What to do when a container of an attached `up` stops. */
export type AbortCondition = 'never' | 'on-exit' | 'on-failure';

export interface UpRequest extends CreateRequest {
  readonly start: boolean;
  readonly detach: boolean;
  /** Bring changes of files to the containers while output is shown. */
  readonly watch: boolean;
  /** Single keys switch things on and off while output is shown; for terminals. */
  readonly menu: boolean;
  readonly wait: boolean;
  /** Seconds; undefined: for ever. */
  readonly waitTimeout: number | undefined;
  readonly abort: AbortCondition;
  readonly exitCodeFrom: string | undefined;
  readonly attach: readonly string[];
  readonly attachDependencies: boolean;
  readonly noAttach: readonly string[];
  readonly logs: LogAppearance;
}

export interface LogAppearance {
  readonly color: boolean;
  readonly prefix: boolean;
  readonly timestamps: boolean;
}
