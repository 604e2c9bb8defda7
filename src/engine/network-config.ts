import type { IpamPool, Network } from '../compose/model.ts';
import { apiAtLeast } from './api-version.ts';
import { resourceLabels } from './labels.ts';
import { compact, orAbsent } from './request-body.ts';

export interface ResourceContext {
  readonly project: string;
  /** Key in the Compose file. */
  readonly key: string;
  /** Name at the engine. */
  readonly name: string;
  /** Value of the label `com.docker.compose.version`. */
  readonly toolVersion: string;
  readonly configHash: string;
}

/** Body of `POST /networks/create`. */
export function networkRequest(
  network: Network,
  context: ResourceContext & { readonly apiVersion: string },
): object {
  const { driver, config, options } = network.ipam ?? {};
  const ipam = compact({
    Driver: driver,
    Config: config === undefined || config.length === 0 ? undefined : config.map(ipamPool),
    Options: orAbsent(options),
  });
  return compact({
    Name: context.name,
    // Old engines would otherwise allow two networks of one name.
    CheckDuplicate: apiAtLeast(context.apiVersion, '1.44') ? undefined : true,
    Labels: resourceLabels(network.labels, {
      project: context.project,
      kind: 'network',
      key: context.key,
      version: context.toolVersion,
      configHash: context.configHash,
    }),
    Driver: network.driver,
    Options: orAbsent(network.driver_opts),
    Internal: network.internal,
    Attachable: network.attachable,
    IPAM: orAbsent(ipam),
    EnableIPv4: network.enable_ipv4,
    EnableIPv6: network.enable_ipv6,
  });
}

function ipamPool(pool: IpamPool): object {
  return compact({
    Subnet: pool.subnet,
    IPRange: pool.ip_range,
    Gateway: pool.gateway,
    AuxiliaryAddresses: orAbsent(pool.aux_addresses),
  });
}
