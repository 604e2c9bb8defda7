import type { Service } from '../../compose/model.ts';
import { portsOf } from '../../scheduler/host-ports.ts';
import type { EngineClient } from '../client.ts';
import { EngineError } from '../errors.ts';

interface PublishedPorts {
  readonly Names: readonly string[];
  readonly Ports: readonly { readonly PublicPort?: number; readonly Type: string }[];
}

/**
 * Port in the texts `Bind for 0.0.0.0:80 failed`, `listen tcp4 0.0.0.0:80: bind: …`,
 * `failed to bind host port for 0.0.0.0:80:172.18.0.2:80/tcp: …`.
 */
const PORT =
  /(?:Bind for|listen (?:tcp|udp|sctp)[46]?|bind host port(?: for)?) \S*?:(\d+)(?::|\/| failed)/;

/**
 * The same failure, with the place in the project that publishes the port, and with its holder in
 * the hint where that is a container of the same engine; otherwise it is a process of the host.
 */
export async function explainPortConflict(
  conflict: EngineError,
  service: Service | undefined,
  context: { readonly client: EngineClient; readonly signal: AbortSignal },
): Promise<EngineError> {
  const port = PORT.exec(conflict.message)?.[1];
  if (port === undefined) return conflict;
  const holder = await findHolder(Number(port), context);
  const hint =
    holder === undefined
      ? `Port ${port} is held by a process of the host ("sudo ss -lptn 'sport = :${port}'" shows which). Stop it, or publish another port.`
      : `Port ${port} is held by the container ${holder}. Stop it, or publish another port.`;
  const index = (service?.ports ?? []).findIndex((each) =>
    portsOf(each).some((taken) => taken.endsWith(`/${port}`)),
  );
  return new EngineError(conflict.kind, conflict.message, {
    hint,
    ...(index < 0 ? {} : { path: `services.${service?.name}.ports[${index}]` }),
    cause: conflict,
    ...(conflict.status === undefined ? {} : { status: conflict.status }),
    ...(conflict.resource === undefined ? {} : { resource: conflict.resource }),
  });
}

async function findHolder(
  port: number,
  { client, signal }: { readonly client: EngineClient; readonly signal: AbortSignal },
): Promise<string | undefined> {
  let containers: readonly PublishedPorts[];
  try {
    containers = await client.send({ method: 'GET', path: '/containers/json' }, signal);
  } catch {
    // The conflict is what matters, not that it cannot be explained.
    return undefined;
  }
  const holder = containers.find(({ Ports }) =>
    Ports.some(({ PublicPort }) => PublicPort === port),
  );
  return holder?.Names[0]?.replace(/^\//, '');
}
