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
  service(service: Service, references: Readonly<Record<string, string>>): readonly string[];
  network(network: Network): readonly string[];
  volume(volume: Volume): readonly string[];
}
