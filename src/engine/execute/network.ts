import { containerName } from '../container-config.ts';
import { endpointSettings, networkName } from '../endpoint-settings.ts';
import { isEngineError } from '../errors.ts';
import { networkRequest } from '../network-config.ts';
import { LABEL } from '../labels.ts';
import { serviceOf, type Executor, type Outcome, type StepContext } from './context.ts';
import type { PeerContainer } from '../service-references.ts';

export const STILL_IN_USE: Outcome = { status: 'warning', text: 'Resource is still in use' };

/** Creates a network; one that a concurrent run has just created is as good. */
export const createNetwork: Executor<'create-network'> = async (action, context) => {
  const { project, toolVersion, hashes } = context;
  const network = project.networks[action.network];
  if (network === undefined)
    throw new Error(`the plan names the unknown network "${action.network}"`);
  const body = networkRequest(network, {
    project: project.name,
    key: action.network,
    name: action.name,
    apiVersion: context.client.apiVersion,
    toolVersion,
    configHash: hashes.network(network),
  });
  try {
    await context.client.send(
      { method: 'POST', path: '/networks/create', body, resource: `network ${action.name}` },
      context.signal,
    );
  } catch (error) {
    if (!isEngineError(error, 'conflict')) throw error;
  }
  return undefined;
};

/** Removes a network; best effort leaves one that is in use. */
export const removeNetwork: Executor<'remove-network'> = async (action, context) => {
  try {
    await context.client.send(
      {
        method: 'DELETE',
        path: `/networks/${encodeURIComponent(action.id)}`,
        resource: `network ${action.name}`,
      },
      context.signal,
    );
  } catch (error) {
    if (isEngineError(error, 'not-found')) return undefined;
    if (action.bestEffort && isEngineError(error, 'in-use', 'conflict')) return STILL_IN_USE;
    throw error;
  }
  return undefined;
};

/** Connects a container with all that its service says about the network, aliases included. */
export const connectNetwork: Executor<'connect-network'> = async (action, context) => {
  const { project, client } = context;
  const service = serviceOf(context, action.service);
  const container = context.resolve(action.container);
  const name = networkName(project, action.network);
  const endpoint = endpointSettings(service, action.network, {
    project,
    apiVersion: client.apiVersion,
    containerName: await finalName(context, container, action.service),
    links: [],
    useAliases: true,
  });
  try {
    await client.send(
      {
        method: 'POST',
        path: `/networks/${encodeURIComponent(name)}/connect`,
        body: { Container: container.id, EndpointConfig: endpoint },
        resource: `network ${name}`,
      },
      context.signal,
    );
  } catch (error) {
    // 403 with this text: it is connected already.
    if (!/already exists in network/.test(String(error))) throw error;
  }
  return undefined;
};

/** A container that is to be renamed still has the alias of its final name. */
async function finalName(
  context: StepContext,
  container: PeerContainer,
  serviceName: string,
): Promise<string> {
  const service = serviceOf(context, serviceName);
  const { Config } = await context.client.send<{
    Config: { Labels: Readonly<Record<string, string>> | null };
  }>(
    { method: 'GET', path: `/containers/${container.id}/json`, resource: container.name },
    context.signal,
  );
  const number = Number(Config.Labels?.[LABEL.number] ?? 0);
  return number > 0 ? containerName(context.project, service, number) : container.name;
}

/** Disconnects by force; a container or network that is gone is what was wanted. */
export const disconnectNetwork: Executor<'disconnect-network'> = async (action, context) => {
  const container = context.resolve(action.container);
  try {
    await context.client.send(
      {
        method: 'POST',
        path: `/networks/${encodeURIComponent(action.id)}/disconnect`,
        body: { Container: container.id, Force: true },
        resource: `network ${action.name}`,
      },
      context.signal,
    );
  } catch (error) {
    if (!isEngineError(error, 'not-found') && !/is not connected to/.test(String(error))) {
      throw error;
    }
  }
  return undefined;
};
