import type { Project, Service } from '../compose/model.ts';
import { withModelVariables } from '../compose/model-variables.ts';
import { withProviderVariables, type ProviderVariables } from '../compose/provider-variables.ts';
import { clientConfigDir } from '../engine/client-config.ts';
import { pluginEndpoint } from '../engine/build/plugin-endpoint.ts';
import type { Progress } from '../engine/event.ts';
import type { RunSettings } from '../engine/execute/context.ts';
import { openDockerModel, type DockerModel } from '../engine/model/docker-model.ts';
import { callProvider, type ProviderSources } from '../engine/provider/provider.ts';
import { endpointSources, clientConfig } from './engine.ts';
import type { Operation } from './operation.ts';

/** How steps of models and providers are carried out, and what those give to services. */
export interface ProviderWork extends Pick<RunSettings, 'runProvider' | 'prepareModel'> {
  readonly variables: ReadonlyMap<string, ProviderVariables>;
  /** Where models are served; undefined: the project has none. */
  modelEndpoint(): Promise<string | undefined>;
}

/**
 * Runs providers with the environment of a project, as Compose does. Where that does not name the engine, because
 * flags chose it or it is reached over our own connection, providers are told how to reach it.
 */
export function providerWork(operation: Operation, project: Project): ProviderWork {
  const { session, global, engine, onEvent } = operation;
  const variables = new Map<string, ProviderVariables>();
  const sources = (): ProviderSources => ({
    configDir: clientConfigDir(endpointSources(session, global.engine)),
    extraDirs: clientConfig(session, global.engine).cliPluginsExtraDirs ?? [],
    env: project.environment,
    cwd: session.cwd,
  });
  let opened: DockerModel | undefined;
  const models = (): DockerModel => (opened ??= openDockerModel(sources(), session.signal));
  return {
    variables,
    prepareModel: async ({ model: key }, context) => {
      const model = project.models[key];
      if (model === undefined) throw new Error(`the plan names the unknown model "${key}"`);
      await models().prepare(key, model, (progress) => context.emit(progress));
    },
    modelEndpoint: async () =>
      Object.keys(project.models).length === 0 ? undefined : models().endpoint(),
    runProvider: async ({ service, command }, context) => {
      const provider = project.services[service]?.provider;
      if (provider === undefined) {
        throw new Error(`the plan names service "${service}", which has no provider`);
      }
      const call = { project: project.name, service, provider, command };
      const onDebug = (text: string): void => {
        if (global.verbose) onEvent({ type: 'message', level: 'info', text });
      };
      const onProgress = (progress: Progress): void => context.emit(progress);
      const listener = { onProgress, onDebug };
      const { host, context: named, machine } = global.engine;
      const isTold = engine.dial !== undefined || (host ?? named ?? machine) !== undefined;
      await using endpoint = isTold ? await pluginEndpoint(engine) : undefined;
      const own = sources();
      const told = { ...own, env: { ...own.env, ...endpoint?.env } };
      variables.set(service, await callProvider(told, call, listener, context.signal));
    },
  };
}

/** What models and providers give to services. */
export interface Provided {
  readonly variables: ProviderWork['variables'];
  /** Where models are served, to a service that has it in this variable. */
  readonly endpoint: (service: Service, variable: string) => string | undefined;
}

/** The project with what its models give, then its providers in the order of their names. */
export function withProvided(
  { onEvent }: Operation,
  given: Project,
  { variables, endpoint }: Provided,
): Project {
  const project = {
    ...given,
    services: withModelVariables(given.services, given.models, endpoint),
    disabledServices: withModelVariables(given.disabledServices, given.models, endpoint),
  };
  const sorted = new Map([...variables].sort(([left], [right]) => (left < right ? -1 : 1)));
  const { services, warnings } = withProviderVariables(project.services, sorted);
  for (const text of warnings) onEvent({ type: 'message', level: 'warning', text });
  const disabled = withProviderVariables(project.disabledServices, sorted).services;
  return { ...project, services, disabledServices: disabled };
}
