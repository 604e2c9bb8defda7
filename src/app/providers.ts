import type { Project } from '../compose/model.ts';
import { withProviderVariables, type ProviderVariables } from '../compose/provider-variables.ts';
import { clientConfigDir } from '../engine/client-config.ts';
import type { Progress } from '../engine/event.ts';
import type { RunSettings } from '../engine/execute/context.ts';
import { callProvider } from '../engine/provider/provider.ts';
import { endpointSources, clientConfig } from './engine.ts';
import type { Operation } from './operation.ts';

/** How provider steps are carried out, and what providers gave to their dependents so far. */
export interface ProviderWork extends Pick<RunSettings, 'runProvider'> {
  readonly variables: ReadonlyMap<string, ProviderVariables>;
}

/** Runs providers with the environment of a project, as Compose does. */
export function providerWork(operation: Operation, project: Project): ProviderWork {
  const { session, global, onEvent } = operation;
  const variables = new Map<string, ProviderVariables>();
  return {
    variables,
    runProvider: async ({ service, command }, context) => {
      const provider = project.services[service]?.provider;
      if (provider === undefined) {
        throw new Error(`the plan names service "${service}", which has no provider`);
      }
      const sources = {
        configDir: clientConfigDir(endpointSources(session, global.engine)),
        extraDirs: clientConfig(session, global.engine).cliPluginsExtraDirs ?? [],
        env: project.environment,
        cwd: session.cwd,
      };
      const call = { project: project.name, service, provider, command };
      const onDebug = (text: string): void => {
        if (global.verbose) onEvent({ type: 'message', level: 'info', text });
      };
      const onProgress = (progress: Progress): void => context.emit(progress);
      const listener = { onProgress, onDebug };
      variables.set(service, await callProvider(sources, call, listener, context.signal));
    },
  };
}

/** The project with what its providers gave, in the order of their names. */
export function withProvided(
  { onEvent }: Operation,
  project: Project,
  variables: ProviderWork['variables'],
): Project {
  const sorted = new Map([...variables].sort(([left], [right]) => (left < right ? -1 : 1)));
  const { services, warnings } = withProviderVariables(project.services, sorted);
  for (const text of warnings) onEvent({ type: 'message', level: 'warning', text });
  const disabled = withProviderVariables(project.disabledServices, sorted).services;
  return { ...project, services, disabledServices: disabled };
}
