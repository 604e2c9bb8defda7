import { createHash } from 'node:crypto';

import type { Codec } from './codec.ts';
import { jsonText } from './json-text.ts';
import type { Deploy, Network, Service, Volume } from './model.ts';
import { networkCodec, volumeCodec } from './model-codec.ts';
import type { Style } from './rendered.ts';
import { serviceCodec } from './service-codec.ts';

/** Whose hashes are meant: those of docker compose 5, those of 2.34 to 2.40, or of 2.24 to 2.33. */
export type HashDialect = 'v5' | 'v2' | 'v2.33';

const STYLES: Readonly<Record<HashDialect, Style>> = {
  v5: 'json',
  v2: 'json-v2',
  'v2.33': 'json-v2.33',
};

/** What to hash in place of what the service says. */
export interface ServiceHashOptions {
  readonly dialect?: HashDialect;
  /**
   * Values that depend on other containers: `service:NAME` of network_mode, ipc and pid, and what
   * volumes_from names, as they are at the engine. Compose hashes those.
   */
  readonly references?: Partial<Pick<Service, 'network_mode' | 'ipc' | 'pid' | 'volumes_from'>>;
  /** DOCKER_DEFAULT_PLATFORM, where it applies to the service. */
  readonly platform?: string;
  /** What early releases of Compose 2 hashed as well: profiles until 2.30.1, dependencies until 2.29.2. */
  readonly kept?: readonly ('depends_on' | 'profiles')[];
}

/**
 * The value of the label `com.docker.compose.config-hash` of a service's containers, byte for byte
 * as docker compose computes it. What does not matter to a container (build, dependencies, number of
 * replicas, profiles, pull policy, env files that were read already) is left out.
 */
export function serviceHash(service: Service, options: ServiceHashOptions = {}): string {
  const {
    name: _name,
    build: _build,
    pull_policy: _policy,
    scale: _scale,
    depends_on: dependencies,
    profiles,
    env_file: _envFiles,
    label_file: _labelFiles,
    deploy,
    ...hashed
  } = service;
  const { dialect = 'v5', references = {}, platform, kept = [] } = options;
  const keeps = (key: 'depends_on' | 'profiles', value: unknown): boolean =>
    value !== undefined && kept.includes(key);
  return sha256(
    serviceCodec,
    {
      ...hashed,
      ...references,
      ...(deploy === undefined ? {} : { deploy: withoutReplicas(deploy) }),
      ...(platform === undefined ? {} : { platform }),
      ...(keeps('depends_on', dependencies) ? { depends_on: dependencies } : {}),
      ...(keeps('profiles', profiles) ? { profiles } : {}),
    },
    dialect,
  );
}

function withoutReplicas(deploy: Deploy): Deploy {
  const { replicas: _replicas, ...rest } = deploy;
  return rest;
}

/** The value of the label `com.docker.compose.config-hash` of a network. */
export function networkHash(network: Network, dialect: HashDialect = 'v5'): string {
  return sha256(networkCodec, network, dialect);
}

/** The value of the label `com.docker.compose.config-hash` of a volume. */
export function volumeHash(volume: Volume, dialect: HashDialect = 'v5'): string {
  return sha256(volumeCodec, { ...volume, driver: volume.driver ?? 'local' }, dialect);
}

function sha256<T>(codec: Codec<T>, value: T, dialect: HashDialect): string {
  const rendered = codec.render(value, STYLES[dialect]);
  return createHash('sha256').update(jsonText(rendered)).digest('hex');
}
