import type { Project, Service } from '../compose/model.ts';
import { apiAtLeast } from './api-version.ts';
import { EngineError } from './errors.ts';
import { compact, orAbsent } from './request-body.ts';

/** How a container takes part in one network. */
export type EndpointSettings = Readonly<Record<string, unknown>>;

export interface NetworkSettings {
  /** `NetworkMode` of the host configuration. */
  readonly mode: string;
  /** Network name → endpoint, sent when the container is created. */
  readonly atCreation: Readonly<Record<string, EndpointSettings>>;
  /** Networks to connect one by one afterwards: engines before API 1.44 take only one. */
  readonly afterwards: readonly { readonly network: string; readonly endpoint: EndpointSettings }[];
}

export interface NetworkContext {
  readonly project: Project;
  readonly apiVersion: string;
  /** Final name of the container, an alias on each network. */
  readonly containerName: string;
  /** `container:alias`. */
  readonly links: readonly string[];
  /** False for one-offs without --use-aliases: only their own name resolves. */
  readonly useAliases: boolean;
}

const INTERFACE_NAME = 'com.docker.network.endpoint.ifname';

/** Network settings of a container of `service`. The primary network has the highest priority. */
export function networkSettings(service: Service, context: NetworkContext): NetworkSettings {
  if (service.network_mode !== undefined && service.network_mode !== '') {
    return { mode: service.network_mode, atCreation: {}, afterwards: [] };
  }
  const keys = networksByPriority(service);
  const [primary] = keys.length > 0 ? keys : ['default'];
  if (primary === undefined || context.project.networks[primary] === undefined) {
    return { mode: 'none', atCreation: {}, afterwards: [] };
  }
  const endpoints = (keys.length > 0 ? keys : [primary]).map((key) => ({
    network: networkName(context.project, key),
    endpoint: endpointSettings(service, key, context),
  }));
  const several = apiAtLeast(context.apiVersion, '1.44');
  const atCreation = several ? endpoints : endpoints.slice(0, 1);
  return {
    mode: networkName(context.project, primary),
    atCreation: Object.fromEntries(atCreation.map(({ network, endpoint }) => [network, endpoint])),
    afterwards: several ? [] : endpoints.slice(1),
  };
}

/** Keys of a service's networks: highest priority first, then by name. */
export function networksByPriority(service: Service): readonly string[] {
  const networks = service.networks ?? {};
  return Object.keys(networks).sort((left, right) => {
    const difference = (networks[right]?.priority ?? 0) - (networks[left]?.priority ?? 0);
    return difference === 0 ? (left < right ? -1 : 1) : difference;
  });
}

/** Settings of one endpoint; also for connecting a container that exists already. */
export function endpointSettings(
  service: Service,
  key: string,
  context: NetworkContext,
): EndpointSettings {
  const config = service.networks?.[key] ?? undefined;
  if (config?.interface_name !== undefined && !apiAtLeast(context.apiVersion, '1.49')) {
    throw new EngineError('unsupported', 'interface_name requires Docker Engine v28.1 or later', {
      resource: `service ${service.name}`,
    });
  }
  const driverOptions = {
    ...config?.driver_opts,
    ...(config?.interface_name === undefined ? {} : { [INTERFACE_NAME]: config.interface_name }),
  };
  const aliases = context.useAliases ? [service.name, ...(config?.aliases ?? [])] : [];
  return compact({
    Aliases: [context.containerName, ...aliases],
    Links: context.links.length > 0 ? context.links : undefined,
    IPAMConfig:
      config === undefined
        ? undefined
        : compact({
            IPv4Address: config.ipv4_address,
            IPv6Address: config.ipv6_address,
            LinkLocalIPs: config.link_local_ips?.filter((address) => address !== ''),
          }),
    MacAddress: macAddress(service, key),
    DriverOpts: orAbsent(driverOptions),
    GwPriority: config?.gw_priority,
  });
}

/** The service's own MAC address belongs to its primary network and may not contradict it. */
export function macAddress(service: Service, key: string): string | undefined {
  const own = service.networks?.[key]?.mac_address;
  const [primary = 'default'] = networksByPriority(service);
  if (key !== primary) return own;
  if (service.mac_address !== undefined && own !== undefined && own !== service.mac_address) {
    throw new EngineError(
      'invalid',
      `the service-level mac_address should have the same value as network ${key}`,
      { resource: `service ${service.name}` },
    );
  }
  return own ?? service.mac_address;
}

/** Name of a network at the engine. */
export function networkName(project: Project, key: string): string {
  return project.networks[key]?.name ?? key;
}
