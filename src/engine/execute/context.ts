import type { Network, Project, Service, StringMap, Volume } from '../../compose/model.ts';
import type { Separator } from '../../scheduler/names.ts';
import type { ObservedImage } from '../../scheduler/observed.ts';
import type { Action, ContainerRef, Step } from '../../scheduler/plan.ts';
import type { EngineClient } from '../client.ts';
import type { Progress } from '../event.ts';
import type { PeerContainer } from '../service-references.ts';
import type { ContainerEvents } from './container-events.ts';

/** An action of one kind. */
export type ActionOf<K extends Action['kind']> = Extract<Action, { readonly kind: K }>;

/** What a step says about itself in the end, when that is not simply that it is done. */
export interface Outcome {
  readonly status: 'done' | 'warning';
  readonly text: string;
}

/** Carries out one kind of action; throws an EngineError when it cannot be done. */
export type Executor<K extends Action['kind']> = (
  action: ActionOf<K>,
  context: StepContext,
) => Promise<Outcome | undefined>;

/** What labels say, in the dialect that the project's containers were created with. */
export interface ConfigHashes {
  service(service: Service): string;
  network(network: Network): string;
  volume(volume: Volume): string;
  /** What the label of a container says about the image that it is made from. */
  image(image: ObservedImage): Promise<string>;
}

/** A line that a hook wrote. */
export interface HookLine {
  readonly service: string;
  /** Container the hook ran in or for. */
  readonly container: string;
  /** `->`-prefixed name as Compose shows it: `web-1 ->`, `web pre_start[0] ->`. */
  readonly source: string;
  readonly text: string;
}

/** What executors need and do not decide themselves; the same for all steps of a run. */
export interface RunSettings {
  readonly project: Project;
  /** Between the parts of names: `_` with --compatibility; default `-`. */
  readonly separator?: Separator;
  /** Value of the label `com.docker.compose.version`. */
  readonly toolVersion: string;
  readonly hashes: ConfigHashes;
  /** Reads a file of the machine that runs this: secrets, configs, seccomp profiles. */
  readonly readFile: (path: string) => Promise<Uint8Array>;
  /** Pulls an image and tells its progress. */
  readonly pullImage: (action: ActionOf<'pull-image'>, context: StepContext) => Promise<void>;
  /** Builds the images of services and tells their progress. */
  readonly buildImages: (action: ActionOf<'build-images'>, context: StepContext) => Promise<void>;
  /** Gets and configures a model, and tells its progress. */
  readonly prepareModel: (action: ActionOf<'prepare-model'>, context: StepContext) => Promise<void>;
  /** Runs the program that provides a service, and tells its progress. */
  readonly runProvider: (action: ActionOf<'run-provider'>, context: StepContext) => Promise<void>;
  /** Variables that every container gets unless its service sets them; see `proxyEnvironment`. */
  readonly proxies?: StringMap;
  readonly onHookLine?: (line: HookLine) => void;
  /** Called with each container right before it is started, so that no line of its output is missed. */
  readonly beforeStart?: (container: PeerContainer, service: string) => Promise<void>;
}

/** One host of a run: its engine, and what the run learns about it. */
export interface HostContext {
  readonly host: string;
  readonly client: EngineClient;
  /** Engine events of the project's containers, from one stream that all waits share. */
  readonly events: ContainerEvents;
  /** Content of local images by `imageKey`; forgotten when an image is pulled or built. */
  readonly images: Map<string, Promise<ObservedImage | undefined>>;
  /** Serialises starts of containers whose host ports the engine picks. */
  readonly startLock: <T>(work: () => Promise<T>) => Promise<T>;
}

/** What one step works with. */
export interface StepContext extends RunSettings, HostContext {
  readonly step: Step;
  readonly signal: AbortSignal;
  /** Container behind a reference; a reference to a step that made none throws. */
  resolve(reference: ContainerRef): PeerContainer;
  /** Tells which container a step created, or that a container has another name now. */
  remember(container: PeerContainer): void;
  emit(progress: Progress): void;
  warn(text: string): void;
}

/** Service a step is about; its absence is a fault of the plan. */
export function serviceOf({ project }: RunSettings, name: string): Service {
  const service = project.services[name] ?? project.disabledServices[name];
  if (service === undefined) throw new Error(`the plan names the unknown service "${name}"`);
  return service;
}
