import { toContainer, type ContainerSummary } from '../engine/observe.ts';
import type { PublishedPort } from '../output/published-ports.ts';
import { withEngine } from './engine.ts';
import { CommandFailure } from './failure.ts';
import type { GlobalOptions } from './global-options.ts';
import { openProjectName } from './load-project.ts';
import { requireReplica } from './service-replica.ts';
import type { Session } from './session.ts';

export interface PortRequest {
  readonly service: string;
  readonly port: number;
  /** `tcp`, `udp`. */
  readonly protocol: string;
  /** Number of the replica; 0: the first. */
  readonly index: number;
}

/** A row of the engine's container list with its ports. */
interface WithPorts extends ContainerSummary {
  readonly Ports?: readonly PublishedPort[] | null;
}

/** `port`: prints where a container's port is published, `IP:PORT`. */
export async function printPort(
  session: Session,
  global: GlobalOptions,
  request: PortRequest,
): Promise<number> {
  const project = await openProjectName(session, global);
  return withEngine(session, global.engine, async (engine) => {
    const container = await requireReplica<WithPorts>(
      engine,
      { project, ...request },
      session.signal,
    );
    const found = publishedAt(container, request);
    session.stdout.write(`${found.ip}:${found.port}\n`);
    if (found.port === 0) {
      const what = `port ${request.port}/${request.protocol}`;
      session.stderr.write(`warning: ${what} is exposed to other containers but not published\n`);
    }
    return 0;
  });
}

/**
 * Where a port is published; an exposed port that is not published is at `:0`.
 *
 * @throws CommandFailure that lists the ports there are
 */
export function publishedAt(
  container: WithPorts,
  { port, protocol }: Pick<PortRequest, 'port' | 'protocol'>,
): { readonly ip: string; readonly port: number } {
  const ports = container.Ports ?? [];
  const found = ports.find(({ PrivatePort, Type }) => PrivatePort === port && Type === protocol);
  if (found !== undefined) return { ip: found.IP ?? '', port: found.PublicPort ?? 0 };
  const known = [...new Set(ports.map(({ PrivatePort, Type }) => `${PrivatePort}/${Type}`))];
  const { name } = toContainer(container);
  const sorted = known.toSorted((a, b) => Number.parseInt(a) - Number.parseInt(b));
  throw new CommandFailure(
    `no port ${port}/${protocol} for container ${name}: ${sorted.join(', ')}`,
    known.length === 0
      ? 'the container has no ports: add the port to the service\'s "ports"'
      : undefined,
  );
}
