import { readFile } from 'node:fs/promises';
import type { Project, Service } from '../../../src/compose/model.ts';
import { afterAll, afterEach, beforeAll } from 'vitest';
import { connectEngine, type Engine } from '../../../src/engine/engine.ts';
import { engineSocket } from '../../support/test-engine.ts';
import type { ProgressEvent } from '../../../src/engine/event.ts';
import { runPlan, type RunOptions, type RunReport } from '../../../src/engine/run.ts';
import type { Action, Step } from '../../../src/scheduler/plan.ts';

/**
 * Connects to the engine of the test run before the tests of a file; what the project has is removed
 * after each of them.
 */
export function useEngine(projectName: string, use: (engine: Engine) => void): void {
  let engine: Engine | undefined;
  beforeAll(async () => {
    const { signal } = new AbortController();
    engine = await connectEngine({ kind: 'unix', path: engineSocket, origin: 'test' }, { signal });
    use(engine);
  });
  afterEach(() => (engine === undefined ? undefined : removeProject(engine, projectName)));
  afterAll(() => engine?.close());
}

/** A project with what is given and nothing else. */
export function project(name: string, parts: Partial<Project> = {}): Project {
  return {
    name,
    workingDir: `/src/${name}`,
    composeFiles: [`/src/${name}/compose.yaml`],
    envFiles: [],
    environment: {},
    profiles: [],
    services: {},
    disabledServices: {},
    networks: { default: { name: `${name}_default` } },
    volumes: {},
    secrets: {},
    configs: {},
    models: {},
    ...parts,
  };
}

/** A service that sleeps, unless it is told something else. */
export function service(name: string, parts: Partial<Service> = {}): Service {
  return {
    name,
    image: 'busybox',
    command: ['sleep', '1000'],
    networks: { default: null },
    stop_grace_period: 0,
    ...parts,
  };
}

/** A step on the host `local`; `id` and `after` as in a plan. */
export function step(id: number, action: Action, more: Partial<Step> = {}): Step {
  return {
    id,
    host: 'local',
    resource: `test:${id}`,
    cause: 'not found',
    after: id === 1 ? [] : [id - 1],
    action,
    ...more,
  };
}

export interface Ran extends RunReport {
  readonly events: readonly ProgressEvent[];
  /** `Container p-web-1 Created`, in the order they were told. */
  readonly lines: readonly string[];
}

/** Runs steps of a project at one engine. */
export async function run(
  engine: Engine,
  of: Project,
  steps: readonly Step[],
  more: Partial<RunOptions> = {},
): Promise<Ran> {
  const events: ProgressEvent[] = [];
  const report = await runPlan(
    { steps, warnings: [] },
    {
      project: of,
      toolVersion: '0.0.0',
      hashes: {
        service: () => 'service-hash',
        network: () => 'n-hash',
        volume: () => 'v-hash',
        image: ({ digest }) => Promise.resolve(digest),
      },
      readFile,
      pullImage: async () => {},
      buildImages: async () => {},
      runProvider: async () => {},
      prepareModel: async () => {},
      engines: new Map([['local', engine]]),
      signal: new AbortController().signal,
      onEvent: (event) => events.push(event),
      ...more,
    },
  );
  const lines = events.map((event) =>
    event.type === 'message' ? event.text : `${event.progress.id} ${event.progress.text}`,
  );
  return { ...report, events, lines };
}

/** The message of the failure that ended a run. */
export function reason({ failures: [failure] }: RunReport): string {
  return failure?.error instanceof Error ? failure.error.message : String(failure?.error);
}

/** Removes all that an engine has of a project. */
export async function removeProject(engine: Engine, name: string): Promise<void> {
  const { signal } = new AbortController();
  const remove = (path: string): Promise<unknown> =>
    engine.client.send({ method: 'DELETE', path, query: { force: true } }, signal);
  const { containers, networks, volumes } = await engine.observe({ project: name }, signal);
  await Promise.all(containers.map(({ id }) => remove(`/containers/${id}`)));
  await Promise.all(networks.map(({ id }) => remove(`/networks/${id}`)));
  await Promise.all(volumes.map((volume) => remove(`/volumes/${volume.name}`)));
}
