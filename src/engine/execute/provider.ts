import type { Executor } from './context.ts';

/** Asks a provider for its service; it tells its progress itself. */
export const runProvider: Executor<'run-provider'> = async (action, context) => {
  await context.runProvider(action, context);
  return undefined;
};

/** Gets and configures a model; tells its progress itself. */
export const prepareModel: Executor<'prepare-model'> = async (action, context) => {
  await context.prepareModel(action, context);
  return undefined;
};
