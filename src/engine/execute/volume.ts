import { volumeRequest } from '../volume-config.ts';
import type { Executor } from './context.ts';
import { outcomeOf, removeResource } from './remove-resource.ts';

export const createVolume: Executor<'create-volume'> = async (action, context) => {
  const { project, toolVersion, hashes } = context;
  const volume = project.volumes[action.volume];
  if (volume === undefined) throw new Error(`the plan names the unknown volume "${action.volume}"`);
  const body = volumeRequest(volume, {
    project: project.name,
    key: action.volume,
    name: action.name,
    toolVersion,
    configHash: hashes.volume(volume),
  });
  await context.client.send(
    { method: 'POST', path: '/volumes/create', body, resource: `volume ${action.name}` },
    context.signal,
  );
  return undefined;
};

/** Removes a volume; best effort leaves one that is in use. */
export const removeVolume: Executor<'remove-volume'> = async (action, context) => {
  const path = `/volumes/${encodeURIComponent(action.name)}`;
  const call = { path, query: { force: true }, resource: `volume ${action.name}` };
  const removal = await removeResource(context, call, action);
  return action.silent === true ? undefined : outcomeOf(removal);
};
