import type { Service } from '../../compose/model.ts';
import { imageName } from '../../scheduler/names.ts';
import { environmentList } from '../container-config.ts';
import { networkSettings } from '../endpoint-settings.ts';
import { EngineError, messageOf } from '../errors.ts';
import { LABEL } from '../labels.ts';
import type { ContainerSummary } from '../observe.ts';
import { compact } from '../request-body.ts';
import { serviceOf, type ActionOf, type Executor, type StepContext } from './context.ts';
import { readHookOutput } from './hook-output.ts';

const HOOK = 'pre_start';

/**
 * Runs a `pre_start` hook: a container of its own that sees the volumes of a replica and the
 * service's networks. One that fails is kept for inspection and named in the error.
 */
export const runPreStart: Executor<'run-pre-start'> = async (action, context) => {
  const { signal } = context;
  if (action.hook.per_replica === true) {
    throw new EngineError(
      'unsupported',
      `service "${action.service}" pre_start[${action.index}]: per_replica is not yet supported; remove per_replica or set it to false`,
    );
  }
  if (action.index === 0) await removeLeftovers(action.service, context);
  const id = await createHookContainer(action, context);
  try {
    const { code, tail } = await runToEnd(id, action, context);
    if (code === 0) {
      await remove(id, context, signal);
      return undefined;
    }
    throw new EngineError(
      'condition-failed',
      `service "${action.service}" pre_start[${action.index}] exited with code ${code}${tail === '' ? '' : `: ${tail}`} (hook container ${id.slice(0, 12)} retained for inspection)`,
      { resource: `service ${action.service}` },
    );
  } catch (error) {
    const failed = error instanceof EngineError && error.kind === 'condition-failed';
    if (!failed) await remove(id, context, AbortSignal.timeout(30_000));
    signal.throwIfAborted();
    throw error;
  }
};

async function createHookContainer(
  action: ActionOf<'run-pre-start'>,
  context: StepContext,
): Promise<string> {
  const { project, client, signal } = context;
  const { hook } = action;
  const service = serviceOf(context, action.service);
  const replica = context.resolve(action.container);
  const network = networkSettings(withContainerNetwork(service, replica.id), {
    project,
    apiVersion: client.apiVersion,
    containerName: `${project.name}-${service.name}-0`,
    links: [],
    useAliases: true,
  });
  const body = {
    ...compact({
      Image: hook.image ?? imageName(project, service, context.separator),
      Cmd: hook.command,
      User: hook.user,
      WorkingDir: hook.working_dir,
      Env: environmentList({ ...context.proxies, ...service.environment, ...hook.environment }),
    }),
    Labels: {
      [LABEL.project]: project.name,
      [LABEL.service]: service.name,
      [LABEL.version]: context.toolVersion,
      [LABEL.hook]: HOOK,
    },
    HostConfig: {
      Privileged: hook.privileged === true,
      VolumesFrom: [replica.id],
      NetworkMode: network.mode,
    },
    NetworkingConfig: { EndpointsConfig: network.atCreation },
  };
  const { Id: id } = await client.send<{ Id: string }>(
    { method: 'POST', path: '/containers/create', body, resource: `${HOOK} of ${service.name}` },
    signal,
  );
  try {
    for (const extra of network.afterwards) {
      await client.send(
        {
          method: 'POST',
          path: `/networks/${encodeURIComponent(extra.network)}/connect`,
          body: { Container: id, EndpointConfig: extra.endpoint },
        },
        signal,
      );
    }
  } catch (error) {
    await remove(id, context, AbortSignal.timeout(30_000));
    throw error;
  }
  return id;
}

/** A namespace of another service cannot be named by service here. */
function withContainerNetwork(service: Service, replica: string): Service {
  return service.network_mode?.startsWith('service:') === true
    ? { ...service, network_mode: `container:${replica}` }
    : service;
}

/** Waits and reads from before the start, so that a hook that ends at once is not missed. */
async function runToEnd(
  id: string,
  action: ActionOf<'run-pre-start'>,
  { client, signal, onHookLine }: StepContext,
): Promise<{ readonly code: number; readonly tail: string }> {
  const output = await client.hijack(
    {
      method: 'POST',
      path: `/containers/${id}/attach`,
      query: { stream: true, stdout: true, stderr: true },
    },
    signal,
  );
  const source = `${action.service} ${HOOK}[${action.index}] ->`;
  const reading = readHookOutput(output, {
    tty: false,
    onLine: (text) => onHookLine?.({ service: action.service, container: id, source, text }),
  });
  reading.catch(() => undefined);
  try {
    const ended = client.send<{ StatusCode: number; Error?: { Message: string } | null }>(
      { method: 'POST', path: `/containers/${id}/wait`, query: { condition: 'next-exit' } },
      signal,
    );
    ended.catch(() => undefined);
    await client.send({ method: 'POST', path: `/containers/${id}/start` }, signal);
    const { StatusCode: code } = await ended;
    return { code, tail: await reading };
  } finally {
    output.destroy();
  }
}

/** Hook containers that an earlier failure left behind. */
async function removeLeftovers(service: string, context: StepContext): Promise<void> {
  const { client, project, signal } = context;
  const label = [
    `${LABEL.project}=${project.name}`,
    `${LABEL.service}=${service}`,
    `${LABEL.hook}=${HOOK}`,
  ];
  const left = await client.send<ContainerSummary[]>(
    { method: 'GET', path: '/containers/json', query: { all: true, filters: { label } } },
    signal,
  );
  await Promise.all(left.map(({ Id }) => remove(Id, context, signal)));
}

async function remove(id: string, context: StepContext, signal: AbortSignal): Promise<void> {
  try {
    await context.client.send(
      { method: 'DELETE', path: `/containers/${id}`, query: { force: true, v: true } },
      signal,
    );
  } catch (error) {
    context.warn(`failed to remove the hook container ${id.slice(0, 12)}: ${messageOf(error)}`);
  }
}
