import { readFile } from 'node:fs/promises';
import type { Project } from '../compose/model.ts';
import type { ConfigHashes, HookLine, RunSettings } from '../engine/execute/context.ts';
import { proxyEnvironment } from '../engine/proxy.ts';
import { runPlan, type RunOptions, type RunReport } from '../engine/run.ts';
import type { PeerContainer } from '../engine/service-references.ts';
import type { Observed } from '../scheduler/observed.ts';
import type { Plan } from '../scheduler/plan.ts';
import { clientConfig } from './engine.ts';
import { rememberContents, type ProjectContents } from './contents.ts';
import { Interrupted } from './interrupts.ts';
import { separatorOf } from './observe-project.ts';
import type { Operation } from './operation.ts';
import { askedParallelism } from './parallelism.ts';
import { printPlan } from './print-plan.ts';
import { providerWork } from './providers.ts';

type ProviderSteps = Pick<RunSettings, 'runProvider' | 'prepareModel'>;

export interface PlanRunOptions {
  readonly project: Project;
  readonly observed: Observed;
  /** Hashes that new containers, networks and volumes get. */
  readonly hashes: ConfigHashes;
  readonly dryRun: boolean;
  /** How images are pulled and built; absent for plans that do neither. */
  readonly images?: Pick<RunSettings, 'pullImage' | 'buildImages'>;
  /** How providers are asked; by default as the project says, and their answers are dropped. */
  readonly providers?: ProviderSteps;
  /** True: what follows needs the project to itself too. */
  readonly keepsLock?: boolean;
  /** Replaces the session's signal, for those who stop gracefully. */
  readonly signal?: AbortSignal;
  readonly onHookLine?: (line: HookLine) => void;
  /** What services are given; remembered of the containers that are made. */
  readonly contents?: ProjectContents;
  /** Called with each container right before it is started. */
  readonly beforeStart?: (container: PeerContainer, service: string) => Promise<void>;
}

/**
 * Runs a plan, or prints it when nothing may be touched.
 *
 * @throws the first failure, as an EngineError; Interrupted when the run was broken off
 */
export async function execute(
  operation: Operation,
  plan: Plan,
  options: PlanRunOptions,
): Promise<RunReport | undefined> {
  const { session, global, engine, onEvent } = operation;
  for (const text of plan.warnings) onEvent({ type: 'message', level: 'warning', text });
  if (options.dryRun) {
    printPlan(operation, plan);
    return undefined;
  }
  const signal = options.signal ?? session.signal;
  const config = clientConfig(session, global.engine);
  const parallel = askedParallelism(session, global);
  const settings: RunOptions = {
    engines: new Map([[engine.host, engine]]),
    observed: [options.observed],
    project: options.project,
    toolVersion: session.version,
    separator: separatorOf(operation),
    hashes: options.hashes,
    readFile: (path) => readFile(path),
    ...(options.images ?? NO_IMAGES),
    ...providerSteps(options.providers ?? providerWork(operation, options.project)),
    proxies: proxyEnvironment(config, engine.client.address),
    onEvent,
    signal,
    ...(options.keepsLock === true ? {} : { onStepDone: operation.lock.releaseAfter(plan) }),
    ...(parallel === undefined ? {} : { parallel }),
    ...(options.onHookLine === undefined ? {} : { onHookLine: options.onHookLine }),
    ...(options.beforeStart === undefined ? {} : { beforeStart: options.beforeStart }),
  };
  const run = (): Promise<RunReport> => runPlan(plan, settings);
  const report = await (session.readerLoss?.during(run) ?? run());
  rememberContents(operation, plan, { ...options, report });
  throwUnlessDone(report, signal);
  return report;
}

function providerSteps({ runProvider, prepareModel }: ProviderSteps): ProviderSteps {
  return { runProvider, prepareModel };
}

/** Plans for containers that exist need no images. */
const NO_IMAGES: Pick<RunSettings, 'pullImage' | 'buildImages'> = {
  pullImage: () => Promise.reject(new Error('internal error: this plan pulls no images')),
  buildImages: () => Promise.reject(new Error('internal error: this plan builds no images')),
};

function throwUnlessDone(report: RunReport, signal: AbortSignal): void {
  const [failure] = report.failures;
  if (failure !== undefined) throw failure.error;
  if (report.outcome === 'done') return;
  throw signal.reason instanceof Interrupted ? signal.reason : new Interrupted('SIGINT');
}
