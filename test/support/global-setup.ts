/** Runs once around the integration tests: starts their engine, fills it with images, ends it. */
import type { TestProject } from 'vitest/node';
import { engineVersions } from './engine-binaries.ts';
import { containerdStore, keepEngine, startEngine, stopEngine } from './engine.ts';
import { importTestImages } from './images.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    engineSocket: string;
    engineVersion: string;
    engineAddress: string;
    engineEnter: readonly string[];
  }
}

/**
 * `TCOMPOSE_TEST_ENGINE` chooses the version, `TCOMPOSE_TEST_STORE=containerd` the image store;
 * `TCOMPOSE_TEST_KEEP=1` uses an engine that stays.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const asked = process.env['TCOMPOSE_TEST_ENGINE'] ?? '28';
  const version = engineVersions.find((each) => each === asked);
  if (version === undefined) {
    throw new Error(`TCOMPOSE_TEST_ENGINE=${asked}: one of ${engineVersions.join(', ')}`);
  }
  const keep = (process.env['TCOMPOSE_TEST_KEEP'] ?? '') !== '';
  const daemon = process.env['TCOMPOSE_TEST_STORE'] === 'containerd' ? containerdStore : {};
  const engine = keep ? await keepEngine(version) : await startEngine(version, { daemon });
  await importTestImages(engine.api);
  project.provide('engineSocket', engine.socket);
  project.provide('engineVersion', engine.version);
  project.provide('engineAddress', engine.address);
  project.provide('engineEnter', engine.enter);
  return async () => {
    if (!keep) await stopEngine(engine);
  };
}
