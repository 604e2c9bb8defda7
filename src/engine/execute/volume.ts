import { isEngineError } from '../errors.ts';
import { volumeRequest } from '../volume-config.ts';
import type { Executor } from './context.ts';
import { STILL_IN_USE } from './network.ts';

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
  try {
    await context.client.send(
      {
        method: 'DELETE',
        path: `/volumes/${encodeURIComponent(action.name)}`,
        query: { force: true },
        resource: `volume ${action.name}`,
      },
      context.signal,
    );
  } catch (error) {
    if (isEngineError(error, 'not-found')) return undefined;
    if (action.bestEffort && isEngineError(error, 'in-use', 'conflict')) {
      return action.silent === true ? undefined : STILL_IN_USE;
    }
    throw error;
  }
  return undefined;
};
