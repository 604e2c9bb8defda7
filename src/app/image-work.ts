import type { Project } from '../compose/model.ts';
import { buildImages, type BuildOptions } from '../engine/build/build.ts';
import type { OnBuildOutput } from '../engine/build/build-event.ts';
import { planBuilds, type BuildPlan, type BuildPlanOptions } from '../engine/build/build-plan.ts';
import { clientConfigDir } from '../engine/client-config.ts';
import { findEndpoint, formatEndpoint } from '../engine/endpoint.ts';
import type { RunSettings } from '../engine/execute/context.ts';
import { createLimiter } from '../engine/execute/limits.ts';
import { proxyEnvironment } from '../engine/proxy.ts';
import { helperRunner, withDefaultStore } from '../engine/pull/credential-helper.ts';
import { pullImage } from '../engine/pull/pull.ts';
import { createRegistryAuth, type RegistryAuth } from '../engine/pull/registry-auth.ts';
import { parseAuthVariable } from '../engine/pull/stored-auth.ts';
import { clientConfig, endpointSources } from './engine.ts';
import { CommandFailure } from './failure.ts';
import type { GlobalOptions } from './global-options.ts';
import { separatorOf } from './observe-project.ts';
import type { Operation } from './operation.ts';
import { askedParallelism } from './parallelism.ts';
import { progressMode } from './progress.ts';
import type { Session } from './session.ts';

export interface ImageWorkOptions {
  readonly quietPull: boolean;
  readonly quietBuild: boolean;
}

/** How a plan's pull and build steps are carried out. */
export function imageWork(
  operation: Operation,
  project: Project,
  options: ImageWorkOptions,
): Pick<RunSettings, 'pullImage' | 'buildImages'> {
  const auth = registryAuth(operation);
  const limited = createLimiter(imagesAtOnce(operation));
  const { client } = operation.engine;
  return {
    pullImage: async ({ service, image, optional }, { signal }) => {
      const definition = project.services[service];
      const platform = image === definition?.image ? definition.platform : undefined;
      const pull = {
        image,
        service,
        buildable: optional === true,
        ...(platform === undefined ? {} : { platform }),
      };
      const settings = { pull, auth, quiet: options.quietPull, ...defaultPlatform(project) };
      await limited(() => pullImage(client, settings, operation.onEvent, signal), signal);
    },
    buildImages: async ({ services }, context) => {
      await build(operation, project, {
        plan: { services, singlePlatform: true },
        run: { display: options.quietBuild ? 'none' : buildDisplay(operation) },
        signal: context.signal,
      });
    },
  };
}

export interface BuildRequest {
  readonly plan: Pick<BuildPlanOptions, 'services' | 'singlePlatform'> & Partial<BuildPlanOptions>;
  readonly run: Pick<BuildOptions, 'display'> & Partial<BuildOptions>;
  readonly signal: AbortSignal;
}

/**
 * Builds images of services; resolves with image → what the builder calls the result.
 *
 * @throws CommandFailure for what cannot be built, EngineError when a build fails
 */
export async function build(
  operation: Operation,
  project: Project,
  request: BuildRequest,
): Promise<ReadonlyMap<string, string>> {
  const { session, global, engine, reporter, onEvent } = operation;
  const plan = buildPlan(session, global, { project, ...request.plan });
  const config = clientConfig(session, global.engine);
  const drawsItself = request.run.display === 'terminal';
  if (drawsItself) reporter.suspend?.();
  try {
    return await buildImages(
      engine,
      project,
      {
        auth: registryAuth(operation),
        plugins: {
          configDir: clientConfigDir(endpointSources(session, global.engine)),
          extraDirs: config.cliPluginsExtraDirs ?? [],
          env: pluginEnvironment(session, global),
        },
        parallel: imagesAtOnce({ session, global }),
        onOutput: buildOutput(operation),
        ...request.run,
        plan,
        onEvent,
      },
      request.signal,
    );
  } finally {
    if (drawsItself) reporter.resume?.();
  }
}

/** The plugin finds logins and builders where `--config` says, as this process does. */
function pluginEnvironment({ env }: Session, { engine }: GlobalOptions): Session['env'] {
  const { configDirectory } = engine;
  return configDirectory === undefined ? env : { ...env, DOCKER_CONFIG: configDirectory };
}

/** What a build would do. @throws CommandFailure for what cannot be built */
export function buildPlan(
  session: Session,
  global: GlobalOptions,
  { project, ...options }: BuildRequest['plan'] & { readonly project: Project },
): BuildPlan {
  const config = clientConfig(session, global.engine);
  const address = formatEndpoint(findEndpoint(endpointSources(session, global.engine)));
  return unwrapPlan(
    planBuilds(project, {
      proxies: proxyEnvironment(config, address),
      separator: separatorOf({ session, global }),
      version: session.version,
      ...options,
    }),
  );
}

function unwrapPlan(planned: ReturnType<typeof planBuilds>): BuildPlan {
  if (planned.ok) return planned.value;
  throw new CommandFailure(planned.error);
}

/** Credentials of docker's configuration and its helpers. */
export function registryAuth({
  session,
  global,
  onEvent,
}: Pick<Operation, 'session' | 'global' | 'onEvent'>): RegistryAuth {
  const { env, signal } = session;
  const onWarning = (text: string): void => onEvent({ type: 'message', level: 'warning', text });
  const given = parseAuthVariable(env['DOCKER_AUTH_CONFIG'] || '{}');
  if (!given.ok) {
    onWarning(`Failed to create credential store from DOCKER_AUTH_CONFIG: ${given.error}`);
  }
  const config = clientConfig(session, global.engine);
  return createRegistryAuth(withDefaultStore(config, env, process.platform), {
    run: helperRunner(env, signal),
    ...(given.ok ? { first: given.value } : {}),
    onWarning,
  });
}

/** How many images are pulled, pushed or built at a time. */
export function imagesAtOnce({ session, global }: Pick<Operation, 'session' | 'global'>): number {
  return askedParallelism(session, global) ?? Infinity;
}

/** DOCKER_DEFAULT_PLATFORM, for images without a platform of their own. */
export function defaultPlatform(project: Project): { readonly defaultPlatform?: string } {
  const platform = project.environment['DOCKER_DEFAULT_PLATFORM'];
  return platform === undefined || platform === '' ? {} : { defaultPlatform: platform };
}

/** Lines of a builder are what a build is asked for, as in Compose: standard output. */
function buildOutput({ session }: Operation): OnBuildOutput {
  return ({ line }) => {
    session.stdout.write(`${line}\n`);
  };
}

/** On a terminal the builder draws for itself; JSON gets its own reports, quiet runs nothing. */
export function buildDisplay({ session, global }: Operation): BuildOptions['display'] {
  switch (progressMode(session, global)) {
    case 'tty':
      return 'terminal';
    case 'plain':
      return 'lines';
    case 'json':
      return 'json';
    case 'quiet':
      return 'none';
  }
}
