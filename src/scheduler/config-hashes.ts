import type { Network, Service, Volume } from '../compose/model.ts';

/**
 * How configuration hashes are made; injected, because releases of Compose write them in different
 * dialects and a container is up to date when its hash is right in any of them.
 */
export interface ConfigHashes {
  /**
   * Every acceptable hash of a container of this service. `references`: id of the container that
   * stands for each service that `service:` namespaces and `volumes_from` name.
   */
  service(service: Service, references: Readonly<Record<string, string>>): Hashes;
  network(network: Network): Hashes;
  volume(volume: Volume): Hashes;
}

/** A set that need not be known whole to answer: a list, or hashes that are made one by one. */
export interface Hashes {
  includes(hash: string): boolean;
}
