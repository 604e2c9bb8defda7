import type { Action } from '../../scheduler/plan.ts';
import {
  createContainer,
  killContainer,
  pauseContainer,
  removeContainer,
  renameContainer,
  restartContainer,
  startContainer,
  stopContainer,
  unpauseContainer,
} from './container.ts';
import type { ActionOf, Executor, Outcome, StepContext } from './context.ts';
import { writeFiles } from './files.ts';
import { runHook } from './hook.ts';
import { buildImages, pullImage, removeImage } from './image.ts';
import { connectNetwork, createNetwork, disconnectNetwork, removeNetwork } from './network.ts';
import { runPreStart } from './pre-start.ts';
import { prepareModel, runProvider } from './provider.ts';
import { createVolume, removeVolume } from './volume.ts';
import { waitCondition } from './wait.ts';

/** One executor for every kind of action; a new kind does not compile without one. */
const EXECUTORS: { readonly [K in Action['kind']]: Executor<K> } = {
  'pull-image': pullImage,
  'build-images': buildImages,
  'create-network': createNetwork,
  'remove-network': removeNetwork,
  'connect-network': connectNetwork,
  'disconnect-network': disconnectNetwork,
  'create-volume': createVolume,
  'remove-volume': removeVolume,
  'create-container': createContainer,
  'write-files': writeFiles,
  'start-container': startContainer,
  'stop-container': stopContainer,
  'restart-container': restartContainer,
  'kill-container': killContainer,
  'pause-container': pauseContainer,
  'unpause-container': unpauseContainer,
  'rename-container': renameContainer,
  'remove-container': removeContainer,
  'wait-condition': waitCondition,
  'run-hook': runHook,
  'run-pre-start': runPreStart,
  'remove-image': removeImage,
  'prepare-model': prepareModel,
  'run-provider': runProvider,
};

/** Carries out one action. */
export function execute<K extends Action['kind']>(
  action: ActionOf<K>,
  context: StepContext,
): Promise<Outcome | undefined> {
  return (EXECUTORS[action.kind] as Executor<K>)(action, context);
}
