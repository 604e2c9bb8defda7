import type { Hook } from '../compose/model.ts';

/** A container that exists already, or the one that an earlier step of the plan creates. */
export type ContainerRef =
  { readonly id: string; readonly name: string } | { readonly createdBy: number };

/** A container of `run`: it stands beside the replicas of its service. */
export interface OneOff {
  /** 64 hexadecimal digits that tell it from all others. */
  readonly slug: string;
  /** The engine removes it, with its anonymous volumes, when it has ended. */
  readonly autoRemove: boolean;
  readonly attachInput: boolean;
  /** False: only its own name resolves, not that of the service. */
  readonly useAliases: boolean;
}

/**
 * One call to an engine (or one wait for it). A tagged union: an executor exists for every kind.
 * Steps carry references into the project (service and network keys), not engine request bodies.
 */
export type Action =
  | {
      readonly kind: 'pull-image';
      readonly service: string;
      readonly image: string;
      /** A failure is a warning and the plan goes on: the image can be built, or is not needed. */
      readonly optional?: true;
    }
  | {
      readonly kind: 'build-images';
      /** Images that these are built from (`additional_contexts`) are built as well. */
      readonly services: readonly string[];
      /** Services among them that are built only if pulling has not brought their image. */
      readonly ifMissing?: readonly string[];
    }
  | { readonly kind: 'create-network'; readonly network: string; readonly name: string }
  | {
      readonly kind: 'remove-network';
      readonly id: string;
      readonly name: string;
      readonly bestEffort: boolean;
    }
  | {
      readonly kind: 'connect-network';
      readonly container: ContainerRef;
      /** Service whose endpoint settings (aliases, addresses) apply; none if the project lacks it. */
      readonly service: string;
      readonly network: string;
    }
  | {
      readonly kind: 'disconnect-network';
      readonly container: ContainerRef;
      readonly id: string;
      readonly name: string;
    }
  | { readonly kind: 'create-volume'; readonly volume: string; readonly name: string }
  | {
      readonly kind: 'remove-volume';
      readonly name: string;
      readonly bestEffort: boolean;
      /** It has no name that people know: progress does not mention it. */
      readonly silent?: true;
    }
  | {
      readonly kind: 'create-container';
      readonly service: string;
      readonly number: number;
      /** Name at creation; a replacement gets a temporary one and is renamed. */
      readonly name: string;
      /** The container it replaces: anonymous volumes are inherited from it. */
      readonly replaces?: {
        readonly id: string;
        readonly name: string;
        readonly inheritVolumes: boolean;
      };
      /** Containers that `service:` namespaces, links and volumes_from refer to, by service. */
      readonly peers: Readonly<Record<string, readonly ContainerRef[]>>;
      readonly oneOff?: OneOff;
    }
  | {
      readonly kind: 'write-files';
      readonly container: ContainerRef;
      readonly service: string;
      /** Paths in the container of the configs and secrets to write. */
      readonly targets: readonly string[];
    }
  | { readonly kind: 'start-container'; readonly container: ContainerRef; readonly service: string }
  | {
      readonly kind: 'stop-container';
      readonly container: ContainerRef;
      /** Seconds; absent: what the container was created with. */
      readonly timeout?: number;
    }
  | {
      readonly kind: 'restart-container';
      readonly container: ContainerRef;
      readonly timeout?: number;
    }
  | { readonly kind: 'kill-container'; readonly container: ContainerRef; readonly signal: string }
  | { readonly kind: 'pause-container'; readonly container: ContainerRef }
  | { readonly kind: 'unpause-container'; readonly container: ContainerRef }
  | { readonly kind: 'rename-container'; readonly container: ContainerRef; readonly name: string }
  | {
      readonly kind: 'remove-container';
      readonly container: ContainerRef;
      /** Also remove its anonymous volumes. */
      readonly volumes: boolean;
    }
  | {
      readonly kind: 'wait-condition';
      readonly service: string;
      readonly containers: readonly ContainerRef[];
      readonly condition: WaitCondition;
      /** False: a failure becomes a warning and dependents go on. */
      readonly required: boolean;
    }
  | {
      readonly kind: 'run-hook';
      readonly container: ContainerRef;
      readonly service: string;
      readonly phase: 'post_start' | 'pre_stop';
      readonly index: number;
      readonly hook: Hook;
    }
  | {
      readonly kind: 'run-pre-start';
      readonly service: string;
      readonly index: number;
      readonly hook: Hook;
      /** Replica whose volumes the hook sees. */
      readonly container: ContainerRef;
    }
  | { readonly kind: 'remove-image'; readonly image: string; readonly bestEffort: boolean }
  | { readonly kind: 'prepare-model'; readonly model: string }
  | { readonly kind: 'run-provider'; readonly service: string; readonly command: ProviderCommand };

/** What the program behind a service is asked to do. */
export type ProviderCommand = 'up' | 'down' | 'stop';

/**
 * `healthy`, `completed` (exit 0): of depends_on. `running-or-healthy`: of `--wait`; a container
 * without health check counts when it runs, a one-shot one also when it has exited with 0.
 */
export type WaitCondition = 'healthy' | 'completed' | 'running-or-healthy';

export interface Step {
  /** 1, 2, 3 … in plan order. */
  readonly id: number;
  readonly host: string;
  /** `network:backend`, `volume:data`, `service:web:1`, `image:nginx:1.27`. */
  readonly resource: string;
  /** Why: `not found`, `environment.FOO changed`, `scale down`, `orphan`. Never empty. */
  readonly cause: string;
  /** Ids of steps that must be done first; all smaller than `id`. */
  readonly after: readonly number[];
  /** Steps that belong together (`recreate web-1`); shown as one line of progress. */
  readonly group?: string;
  readonly action: Action;
  /**
   * Done in order when this step fails, so that what was replaced is put back; also when the run
   * ends before this step although an earlier one of its group was done.
   */
  readonly rollback?: readonly Action[];
}

export interface Plan {
  /** Topological order; the same input gives the same plan. */
  readonly steps: readonly Step[];
  /** Things the user should know: foreign networks, orphans left in place, ignored keys. */
  readonly warnings: readonly string[];
}
