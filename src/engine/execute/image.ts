import { isEngineError } from '../errors.ts';
import { encodeReference } from '../image-identity.ts';
import { withBuildContexts } from '../../scheduler/plan-images.ts';
import { findImage, serviceImage } from './container.ts';
import { serviceOf, type Executor, type StepContext } from './context.ts';
import { outcomeOf, removeResource } from './remove-resource.ts';

/** An image that need not be pulled, because it can be built, may fail; its progress says so. */
export const pullImage: Executor<'pull-image'> = async (action, context) => {
  try {
    await context.pullImage(action, context);
  } catch (error) {
    const isAboutImage = !isEngineError(error, 'no-engine', 'permission-denied', 'connection-lost');
    if (action.optional !== true || context.signal.aborted || !isAboutImage) throw error;
  }
  forget(context, action.image);
  return undefined;
};

/** Builds what is needed: of some images only those that pulling has not brought. */
export const buildImages: Executor<'build-images'> = async (action, context) => {
  const services: string[] = [];
  for (const name of action.services) {
    const pulled =
      action.ifMissing?.includes(name) === true &&
      (await findImage(context, serviceImage(context, serviceOf(context, name)))) !== undefined;
    if (!pulled) services.push(name);
  }
  if (services.length === 0) return undefined;
  await context.buildImages({ ...action, services }, context);
  for (const name of withBuildContexts(context.project, services)) {
    forget(context, serviceImage(context, serviceOf(context, name)).reference);
  }
  return undefined;
};

/** Removes an image by its reference; best effort leaves one that is in use. */
export const removeImage: Executor<'remove-image'> = async (action, context) => {
  const path = `/images/${encodeReference(action.image)}`;
  const removal = await removeResource(
    context,
    { path, resource: `image ${action.image}` },
    action,
  );
  if (removal === 'gone') {
    return { status: 'done', text: 'Warning: No resource found to remove' };
  }
  if (removal === 'removed') forget(context, action.image);
  return outcomeOf(removal);
};

/** What is known of a reference does not hold any more, on any platform. */
function forget({ images }: StepContext, reference: string): void {
  for (const key of images.keys()) {
    if (key === reference || key.startsWith(`${reference}@`)) images.delete(key);
  }
}
