import { isEngineError } from '../errors.ts';
import { encodeReference } from '../image-identity.ts';
import { serviceImage } from './container.ts';
import { serviceOf, type Executor, type StepContext } from './context.ts';
import { STILL_IN_USE } from './network.ts';

export const pullImage: Executor<'pull-image'> = async (action, context) => {
  await context.pullImage(action, context);
  forget(context, action.image);
  return undefined;
};

export const buildImages: Executor<'build-images'> = async (action, context) => {
  await context.buildImages(action, context);
  for (const name of action.services) {
    forget(context, serviceImage(context, serviceOf(context, name)).reference);
  }
  return undefined;
};

/** Removes an image by its reference; best effort leaves one that is in use. */
export const removeImage: Executor<'remove-image'> = async (action, context) => {
  try {
    await context.client.send(
      {
        method: 'DELETE',
        path: `/images/${encodeReference(action.image)}`,
        resource: `image ${action.image}`,
      },
      context.signal,
    );
  } catch (error) {
    if (isEngineError(error, 'not-found')) {
      return { status: 'done', text: 'Warning: No resource found to remove' };
    }
    if (action.bestEffort && isEngineError(error, 'in-use', 'conflict')) return STILL_IN_USE;
    throw error;
  }
  forget(context, action.image);
  return undefined;
};

/** What is known of a reference does not hold any more, on any platform. */
function forget({ images }: StepContext, reference: string): void {
  for (const key of images.keys()) {
    if (key === reference || key.startsWith(`${reference}@`)) images.delete(key);
  }
}
