import { byBytes } from '../compose/byte-order.ts';
import type { HealthCheck, Port } from '../compose/model.ts';
import type { FoundContainer, FoundNetwork } from '../scheduler/project-from-containers.ts';
import type { EngineClient } from './client.ts';
import { isEngineError } from './errors.ts';
import { LABEL } from './labels.ts';
import { toContainer, type ContainerSummary } from './observe.ts';

/** The parts that are used of an answer of `GET /containers/ID/json`. */
interface Inspected {
  readonly Config: {
    readonly Env?: readonly string[] | null;
    readonly Healthcheck?: EngineHealthcheck | null;
  };
  readonly HostConfig: {
    readonly PortBindings?: Readonly<
      Record<string, readonly { readonly HostIp?: string; readonly HostPort?: string }[] | null>
    > | null;
  };
  readonly Mounts?: readonly {
    readonly Type: string;
    readonly Name?: string;
    readonly Driver?: string;
    readonly Source?: string;
    readonly Destination: string;
    readonly RW: boolean;
  }[];
  readonly NetworkSettings: {
    readonly Networks?: Readonly<
      Record<string, { readonly Aliases?: readonly string[] | null }>
    > | null;
  };
}

interface EngineHealthcheck {
  readonly Test?: readonly string[];
  readonly Interval?: number;
  readonly Timeout?: number;
  readonly StartPeriod?: number;
  readonly StartInterval?: number;
  readonly Retries?: number;
}

/** Containers in any state whose names contain one of the words or whose ids begin with one. */
export async function lookForContainers(
  client: EngineClient,
  words: readonly string[],
  signal: AbortSignal,
): Promise<readonly FoundContainer[]> {
  const list = (filters: object): Promise<readonly ContainerSummary[]> =>
    client.send({ method: 'GET', path: '/containers/json', query: { all: true, filters } }, signal);
  const [named, identified] = await Promise.all([list({ name: words }), list({ id: words })]);
  const rows = [...new Map([...named, ...identified].map((row) => [row.Id, row])).values()];
  return Promise.all(rows.map((row) => lookAt(client, row, signal)));
}

async function lookAt(
  client: EngineClient,
  row: ContainerSummary,
  signal: AbortSignal,
): Promise<FoundContainer> {
  const { name, labels } = toContainer(row);
  const details = await client.send<Inspected>(
    { method: 'GET', path: `/containers/${row.Id}/json`, resource: `container ${name}` },
    signal,
  );
  const networks = Object.entries(details.NetworkSettings.Networks ?? {})
    .toSorted(([a], [b]) => byBytes(a, b))
    .map(async ([network, { Aliases }]): Promise<FoundNetwork> => {
      const internal = await isInternal(client, network, signal);
      return { name: network, aliases: Aliases ?? [], internal };
    });
  const healthcheck = details.Config.Healthcheck;
  return {
    service: labels[LABEL.service] ?? name,
    image: row.Image,
    labels,
    environment: details.Config.Env ?? [],
    ...(healthcheck === undefined || healthcheck === null
      ? {}
      : { healthcheck: healthcheckOf(healthcheck) }),
    mounts: (details.Mounts ?? []).map((mount) => ({
      type: mount.Type,
      source: mount.Source ?? '',
      target: mount.Destination,
      writable: mount.RW,
      ...(mount.Name === undefined ? {} : { name: mount.Name }),
      ...(mount.Driver === undefined ? {} : { driver: mount.Driver }),
    })),
    networks: await Promise.all(networks),
    ports: portsOf(details.HostConfig.PortBindings ?? {}),
  };
}

async function isInternal(
  client: EngineClient,
  network: string,
  signal: AbortSignal,
): Promise<boolean> {
  try {
    const path = `/networks/${encodeURIComponent(network)}`;
    return (await client.send<{ readonly Internal: boolean }>({ method: 'GET', path }, signal))
      .Internal;
  } catch (error) {
    if (isEngineError(error, 'not-found')) return false;
    throw error;
  }
}

/** Zero means the engine's default, which a file does not say. */
function healthcheckOf(found: EngineHealthcheck): HealthCheck {
  const times = {
    timeout: found.Timeout,
    interval: found.Interval,
    start_period: found.StartPeriod,
    start_interval: found.StartInterval,
    retries: found.Retries,
  };
  const set = Object.entries(times).filter(([, value]) => value !== undefined && value !== 0);
  return { test: found.Test ?? [], ...Object.fromEntries(set) };
}

function portsOf(bindings: NonNullable<Inspected['HostConfig']['PortBindings']>): readonly Port[] {
  return Object.entries(bindings)
    .toSorted(([a], [b]) => Number.parseInt(a) - Number.parseInt(b) || byBytes(a, b))
    .flatMap(([key, published]) => {
      const [target = '', protocol = 'tcp'] = key.split('/');
      return (published ?? []).map(({ HostIp: ip = '', HostPort: port = '' }) => ({
        target: Number(target),
        protocol,
        ...(port === '' ? {} : { published: port }),
        ...(ip === '' ? {} : { host_ip: ip }),
      }));
    });
}
