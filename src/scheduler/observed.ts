/** What one engine has of a project, as one snapshot: all that planning looks at. */
export interface Observed {
  /** Name of the host the engine runs on; `local` for the engine of this machine. */
  readonly host: string;
  /** Containers of the project in every state, one-offs and hooks included. */
  readonly containers: readonly ObservedContainer[];
  /** Networks of the project by label, and those that carry a name the project uses. */
  readonly networks: readonly ObservedNetwork[];
  /** Volumes of the project by label, and those that carry a name the project uses. */
  readonly volumes: readonly ObservedVolume[];
  /** Local images by the reference that a service uses; absent references are missing locally. */
  readonly images: ReadonlyMap<string, ObservedImage>;
}

export type ContainerState =
  'created' | 'running' | 'paused' | 'restarting' | 'removing' | 'exited' | 'dead';

export interface ObservedContainer {
  readonly id: string;
  /** Without the leading slash. */
  readonly name: string;
  /** Label `com.docker.compose.service`. */
  readonly service: string;
  /** Label `com.docker.compose.container-number`; 0 for one-offs. */
  readonly number: number;
  readonly oneOff: boolean;
  readonly state: ContainerState;
  readonly health: 'none' | 'starting' | 'healthy' | 'unhealthy';
  readonly exitCode: number | undefined;
  /** Seconds since the epoch. */
  readonly created: number;
  readonly labels: Readonly<Record<string, string>>;
  /** Image reference as it was asked for. */
  readonly image: string;
  readonly imageId: string;
  /** Manifest of the image that it runs, of its platform; where the engine tells. */
  readonly imageManifest?: string;
  /** Network name → network id. */
  readonly networks: Readonly<Record<string, string>>;
  readonly mounts: readonly ObservedMount[];
  /** Ports of the host that it holds now, as `tcp/8080`; absent: not known, it may be any. */
  readonly hostPorts?: readonly string[];
}

export interface ObservedMount {
  readonly type: string;
  /** Volume name; empty for binds. */
  readonly name: string;
  readonly source: string;
  readonly destination: string;
}

export interface ObservedNetwork {
  readonly id: string;
  readonly name: string;
  readonly driver: string;
  readonly labels: Readonly<Record<string, string>>;
  /** `swarm` networks may be declared external without being visible yet. */
  readonly scope: string;
}

export interface ObservedVolume {
  readonly name: string;
  readonly driver: string;
  readonly labels: Readonly<Record<string, string>>;
}

export interface ObservedImage {
  readonly id: string;
  /** What identifies the content: the same after a build that changed nothing. */
  readonly digest: string;
  readonly platform: string;
  /** Paths that the image declares as volumes. */
  readonly volumes: readonly string[];
  /** Milliseconds since the epoch at which the image was last tagged here; for pull windows. */
  readonly lastTagged: number | undefined;
}
