import type { Model } from '../../compose/model.ts';
import { runChild } from '../child-output.ts';
import { EngineError } from '../errors.ts';
import type { Progress } from '../event.ts';
import { findPlugin } from '../executable.ts';
import { isAtLeast, pluginVersion } from '../plugin-version.ts';
import type { ProviderSources } from '../provider/provider.ts';

/** The `docker model` command. Every failure is an EngineError. */
export interface DockerModel {
  /** Gets a model unless it is there, and configures it. */
  prepare(key: string, model: Model, onProgress: (progress: Progress) => void): Promise<void>;
  /** Where containers reach models. */
  endpoint(): Promise<string>;
}

/** The version that takes flags for the runtime. */
const WITH_RUNTIME_FLAGS = [1, 0, 6];

/** Finds the plugin. @throws EngineError that says how to get it */
export function openDockerModel(sources: ProviderSources, signal: AbortSignal): DockerModel {
  const path = findPlugin(sources, 'model');
  if (path === undefined) {
    throw new EngineError('unsupported', "'models' support requires Docker Model plugin", {
      path: 'models',
      hint: 'Install the package "docker-model-plugin" of Docker\'s repositories, or switch on Docker Model Runner in Docker Desktop.',
    });
  }
  const { env, cwd } = sources;
  const run = async (task: string, args: readonly string[]): Promise<string> => {
    let output = '';
    const onOutput = (text: string): void => {
      output += text;
    };
    const end = await runChild({ path, args, env, cwd, onOutput }, signal);
    if (end.failure === undefined) return output;
    const said = end.tail || output.trim();
    throw new EngineError('failed', `${task}: ${end.failure}`, {
      path: 'models',
      hint: said === '' ? `Run "docker model ${args.join(' ')}" to see more.` : `It wrote: ${said}`,
    });
  };
  let available: Promise<readonly string[]> | undefined;
  return {
    prepare: async (key, model, onProgress) => {
      const { name = key, model: reference = '' } = model;
      const tell = (text: string, status: Progress['status'] = 'working'): void => {
        onProgress({ id: name, status, text });
      };
      available ??= run('error checking available models', ['ls', '--json']).then(tags, () => []);
      try {
        if (!(await available).includes(reference)) {
          tell('Pulling');
          await run(`failed to pull model ${reference}`, ['pull', reference]);
          tell('Pulled');
        }
        tell('Configuring');
        const flags = model.runtime_flags ?? [];
        const version = flags.length === 0 ? undefined : await pluginVersion(path, env);
        const takesFlags = version !== undefined && isAtLeast(version, WITH_RUNTIME_FLAGS);
        await run(`failed to configure model ${reference}`, [
          'configure',
          ...((model.context_size ?? 0) > 0 ? ['--context-size', `${model.context_size}`] : []),
          reference,
          ...(takesFlags ? ['--', ...flags] : []),
        ]);
        tell('Configured', 'done');
      } catch (error) {
        if (error instanceof EngineError) tell(error.message, 'error');
        throw error;
      }
    },
    endpoint: async () => {
      const task = 'error checking docker-model status';
      return endpointOf(await run(task, ['status', '--json']), task);
    },
  };
}

function tags(json: string): readonly string[] {
  try {
    const models = JSON.parse(json) as readonly { readonly tags?: readonly string[] }[];
    return models.flatMap((model) => model.tags ?? []);
  } catch {
    // What is there already is only pulled again.
    return [];
  }
}

function endpointOf(json: string, task: string): string {
  try {
    const { endpoint } = JSON.parse(json) as { readonly endpoint?: unknown };
    return typeof endpoint === 'string' ? endpoint : '';
  } catch {
    throw new EngineError('failed', `${task}: its answer is no JSON`, {
      path: 'models',
      hint: 'Run "docker model status --json" to see it.',
    });
  }
}
