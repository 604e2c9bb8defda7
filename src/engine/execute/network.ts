import type { Service } from '../../compose/model.ts';
import { containerName } from '../../scheduler/names.ts';
import { endpointSettings, networkName, type EndpointSettings } from '../endpoint-settings.ts';
import { isEngineError } from '../errors.ts';
import { networkRequest } from '../network-config.ts';
import { LABEL } from '../labels.ts';
import type { ActionOf, Executor, StepContext } from './context.ts';
import { outcomeOf, removeResource } from './remove-resource.ts';
import type { PeerContainer } from '../service-references.ts';

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
  const path = `/networks/${encodeURIComponent(action.id)}`;
  const call = { path, resource: `network ${action.name}` };
  return outcomeOf(await removeResource(context, call, action));
};

/**
 * Connects a container with all that its service says about the network, aliases included; without
 * more when the project lacks the service or the network by now.
 */
export const connectNetwork: Executor<'connect-network'> = async (action, context) => {
  const container = context.resolve(action.container);
  const name = networkName(context.project, action.network);
  const endpoint = await endpointOf(action, context, container);
  try {
    await context.client.send(
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

async function endpointOf(
  action: ActionOf<'connect-network'>,
  context: StepContext,
  container: PeerContainer,
): Promise<EndpointSettings | undefined> {
  const { project, client } = context;
  const service = project.services[action.service] ?? project.disabledServices[action.service];
  if (service === undefined || project.networks[action.network] === undefined) return undefined;
  return endpointSettings(service, action.network, {
    project,
    apiVersion: client.apiVersion,
    containerName: await finalName(context, container, service),
    links: [],
    useAliases: true,
  });
}

/** A container that is to be renamed still has the alias of its final name. */
async function finalName(
  context: StepContext,
  container: PeerContainer,
  service: Service,
): Promise<string> {
  const { Config } = await context.client.send<{
    Config: { Labels: Readonly<Record<string, string>> | null };
  }>(
    { method: 'GET', path: `/containers/${container.id}/json`, resource: container.name },
    context.signal,
  );
  const number = Number(Config.Labels?.[LABEL.number] ?? 0);
  return number > 0
    ? containerName(context.project, service, number, context.separator)
    : container.name;
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
