/** What the flags before the command word say, for every use case. */
export interface GlobalOptions {
  readonly files: readonly string[];
  readonly envFiles: readonly string[];
  readonly projectName: string | undefined;
  readonly projectDirectory: string | undefined;
  readonly profiles: readonly string[];
  readonly compatibility: boolean;
  readonly allResources: boolean;
  /** Bound on parallel operations; undefined: the default. */
  readonly parallel: number | undefined;
  /** `auto`, `tty`, `plain`, `json`, `quiet`, or undefined when not given. */
  readonly progress: string | undefined;
  /** `never`, `always`, `auto`, or undefined when not given. */
  readonly ansi: string | undefined;
  readonly verbose: boolean;
  /** Registries that Compose files are fetched from without TLS. */
  readonly insecureRegistries: readonly string[];
  /** False: a project is changed even while somebody else does. */
  readonly lock: boolean;
  /** How long to wait for the project lock, as typed; undefined: not given. */
  readonly lockTimeout: string | undefined;
  readonly engine: EngineOptions;
}

/** Which engine to talk to, as the docker CLI's global flags say it. */
export interface EngineOptions {
  readonly host: string | undefined;
  readonly context: string | undefined;
  /** Name of a machine of the store. */
  readonly machine?: string | undefined;
  readonly configDirectory: string | undefined;
  readonly tls: boolean;
  readonly tlsVerify: boolean;
  readonly tlsCaCert: string | undefined;
  readonly tlsCert: string | undefined;
  readonly tlsKey: string | undefined;
}
