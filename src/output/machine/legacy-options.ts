import type { EngineOptions } from '../../machines/store/machine-record.ts';

/** What was said about Swarm v1 when a machine was created; only lists still show it. */
export interface SwarmOptions {
  readonly isSwarm: boolean;
  /** Whether it was also to be an agent; absent in what older versions wrote: as `isSwarm`. */
  readonly agent?: boolean;
  readonly master: boolean;
  readonly discovery: string;
  readonly host: string;
  readonly address: string;
  readonly strategy: string;
  readonly image: string;
  readonly options: readonly string[];
  readonly joinOptions: readonly string[];
  readonly experimental: boolean;
}

/** What docker-machine recorded where nothing was said about Swarm v1. */
export const NO_SWARM: SwarmOptions = {
  isSwarm: false,
  master: false,
  discovery: '',
  host: 'tcp://0.0.0.0:3376',
  address: '',
  strategy: 'spread',
  image: 'swarm:latest',
  options: [],
  joinOptions: [],
  experimental: false,
};

/** Options of the engine with the names that docker-machine gave them in its files, for `inspect`. */
export function legacyEngine(engine: EngineOptions): Readonly<Record<string, unknown>> {
  return {
    ArbitraryFlags: engine.options,
    Dns: null,
    GraphDir: '',
    Env: engine.env,
    Ipv6: false,
    InsecureRegistry: engine.insecureRegistries,
    Labels: engine.labels,
    LogLevel: '',
    StorageDriver: engine.storageDriver ?? '',
    SelinuxEnabled: false,
    TlsVerify: engine.tlsPort !== undefined,
    RegistryMirror: engine.registryMirrors,
    InstallURL: engine.installUrl ?? '',
  };
}

/** The same for what was said about Swarm v1. */
export function legacySwarm(swarm: SwarmOptions): Readonly<Record<string, unknown>> {
  return {
    IsSwarm: swarm.isSwarm,
    Address: swarm.address,
    Discovery: swarm.discovery,
    Agent: swarm.agent ?? swarm.isSwarm,
    Master: swarm.master,
    Host: swarm.host,
    Image: swarm.image,
    Strategy: swarm.strategy,
    Heartbeat: 0,
    Overcommit: 0,
    ArbitraryFlags: swarm.options,
    ArbitraryJoinFlags: swarm.joinOptions,
    Env: null,
    IsExperimental: swarm.experimental,
  };
}

/** Options of the engine for templates of `ls`, where docker-machine named some otherwise. */
export function listedEngine(engine: EngineOptions): Readonly<Record<string, unknown>> {
  const named = Object.entries(legacyEngine(engine)).map(([name, value]) => {
    if (name === 'Dns') return ['DNS', []];
    return [name === 'TlsVerify' ? 'TLSVerify' : name, value];
  });
  return Object.fromEntries(named) as Readonly<Record<string, unknown>>;
}

/** The same for what was said about Swarm v1. */
export function listedSwarm(swarm: SwarmOptions): Readonly<Record<string, unknown>> {
  return { ...legacySwarm(swarm), Env: [] };
}
