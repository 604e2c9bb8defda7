import type { CreateRequest } from './up-request.ts';

/** What `run` was asked for, before anything is looked at. */
export interface RunRequest {
  /** How images are had and what the service depends on is brought up. */
  readonly create: CreateRequest;
  readonly service: string;
  /** Empty: the service's own command. */
  readonly command: readonly string[];
  /** Undefined: the service's own. */
  readonly entrypoint: readonly string[] | undefined;
  readonly detach: boolean;
  /** Remove the container when it has ended. */
  readonly remove: boolean;
  readonly tty: boolean;
  readonly interactive: boolean;
  /** Of the container; undefined: one is made up. */
  readonly name: string | undefined;
  /** `KEY=VALUE`, or `KEY` for that of the project's environment. */
  readonly environment: readonly string[];
  readonly environmentFiles: readonly string[];
  /** `KEY=VALUE`. */
  readonly labels: readonly string[];
  /** Short forms as in files. */
  readonly volumes: readonly string[];
  /** Short forms as in files, or the service's own. */
  readonly ports: readonly string[] | 'service';
  /** Empty: the service's own; the same for `workingDir`. */
  readonly user: string;
  readonly workingDir: string;
  readonly capAdd: readonly string[];
  readonly capDrop: readonly string[];
  /** Whether the name of the service resolves to the container too. */
  readonly useAliases: boolean;
  readonly quiet: boolean;
}
