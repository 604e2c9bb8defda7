import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ServiceProvider } from '../../compose/model.ts';
import type { ProviderVariables } from '../../compose/provider-variables.ts';
import { makeFolders } from '../../foundation/make-folders.ts';
import type { ProviderCommand } from '../../scheduler/plan.ts';
import { runChild } from '../child-output.ts';
import { EngineError } from '../errors.ts';
import type { Progress } from '../event.ts';
import { findPlugin, findProgram } from '../executable.ts';
import type { PluginSources } from '../plugin-directories.ts';
import { JsonValues } from './json-values.ts';
import { firstLine, parseProviderMessage, type ProviderMessage } from './message.ts';
import { parseProviderMetadata, providerArguments, type ProviderMetadata } from './metadata.ts';

/** Where providers are looked for and how they are run. */
export interface ProviderSources extends PluginSources {
  /** Environment of the project; PATH in it is searched. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
}

export interface ProviderCall {
  readonly project: string;
  readonly service: string;
  readonly provider: ServiceProvider;
  readonly command: ProviderCommand;
}

export interface ProviderListener {
  readonly onProgress: (progress: Progress) => void;
  readonly onDebug: (text: string) => void;
}

/** Words of progress, as Compose has them for containers. */
const WORDS = {
  up: { working: 'Creating', done: 'Created', verb: 'create' },
  down: { working: 'Removing', done: 'Removed', verb: 'remove' },
  stop: { working: 'Stopping', done: 'Stopped', verb: 'stop' },
} as const;

/**
 * Asks the program that provides a service to bring it up, stop it or take it down, and gives the
 * variables it wants the dependents of the service to have. One that cannot stop is not asked to.
 *
 * @throws EngineError in the words of the provider
 */
export async function callProvider(
  sources: ProviderSources,
  call: ProviderCall,
  listener: ProviderListener,
  signal: AbortSignal,
): Promise<ProviderVariables> {
  const path = findProvider(sources, call);
  const metadata = await askMetadata(sources, path, call, signal);
  if (call.command === 'stop' && metadata.stop === undefined) return { prefixed: {}, raw: {} };
  const args = providerArguments(metadata, call);
  if (!args.ok) {
    throw new EngineError('invalid', args.error, {
      path: `services.${call.service}.provider`,
      hint: `Set it below provider.options; "${call.provider.type ?? ''} compose metadata" lists all that it takes.`,
    });
  }
  const { onProgress } = listener;
  const tell = (status: Progress['status'], text: string): void => {
    onProgress({ id: call.service, status, text });
  };
  const { working, done } = WORDS[call.command];
  tell('working', working);
  try {
    const variables = await converse(
      sources,
      { ...call, path, args: args.value },
      listener,
      signal,
    );
    tell('done', done);
    return variables;
  } catch (error) {
    if (error instanceof EngineError) tell('error', firstLine(error.message));
    throw error;
  }
}

function findProvider(sources: ProviderSources, { service, provider }: ProviderCall): string {
  const { type = '' } = provider;
  const where = { path: `services.${service}.provider.type` };
  if (type === 'compose') {
    throw new EngineError('invalid', "'compose' is not a valid provider type", {
      ...where,
      hint: 'Name the program that provides the service.',
    });
  }
  const path =
    findPlugin(sources, type) ?? findProgram(type, { path: sources.env['PATH'], cwd: sources.cwd });
  if (path !== undefined) return path;
  throw new EngineError(
    'invalid',
    `exec: ${JSON.stringify(type)}: executable file not found in $PATH`,
    {
      ...where,
      hint: `Service "${service}" is run by a provider: install "docker-${type}" as a docker CLI plugin, or "${type}" in PATH.`,
    },
  );
}

/** What the provider says of itself; remembered where Docker's editor support looks for it. */
async function askMetadata(
  { env, cwd, configDir }: ProviderSources,
  path: string,
  { provider: { type = '' } }: ProviderCall,
  signal: AbortSignal,
): Promise<ProviderMetadata> {
  let json = '';
  const onOutput = (text: string): void => {
    json += text;
  };
  try {
    const call = { path, args: ['compose', 'metadata'], env, cwd, onOutput };
    const { failure } = await runChild(call, signal);
    if (failure !== undefined) return parseProviderMetadata('');
  } catch (error) {
    signal.throwIfAborted();
    throw notRun(path, error);
  }
  const metadata = parseProviderMetadata(json);
  if (metadata.described && !type.includes('/')) await remember(configDir, type, json);
  return metadata;
}

async function remember(configDir: string, type: string, json: string): Promise<void> {
  const directory = join(configDir, 'compose', 'providers');
  try {
    makeFolders(directory, 0o700);
    await writeFile(join(directory, `${type}.json`), json, { mode: 0o600 });
  } catch {
    // Nothing here depends on it.
  }
}

/** Runs the program and listens to what it says. */
async function converse(
  { env, cwd }: ProviderSources,
  call: ProviderCall & { readonly path: string; readonly args: readonly string[] },
  { onProgress, onDebug }: ProviderListener,
  signal: AbortSignal,
): Promise<ProviderVariables> {
  const { service, path, args, command } = call;
  const variables = { prefixed: {} as Record<string, string>, raw: {} as Record<string, string> };
  const take = (message: ProviderMessage): void => {
    switch (message.type) {
      case 'info':
        onProgress({ id: service, status: 'working', text: firstLine(message.text) });
        break;
      case 'debug':
        onDebug(`${service}: ${message.text}`);
        break;
      case 'setenv':
        variables.prefixed[message.key] = message.value;
        break;
      case 'rawsetenv':
        variables.raw[message.key] = message.value;
        break;
      case 'error':
        throw new EngineError('failed', message.text, { path: `services.${service}.provider` });
    }
  };
  const hear = (values: readonly string[]): void => {
    for (const json of values) {
      const message = parseProviderMessage(json);
      if (!message.ok) throw notUnderstood(call, message.error, json);
      take(message.value);
    }
  };
  const values = new JsonValues();
  const onOutput = (text: string): void => hear(values.push(text));
  const end = await runChild({ path, args, env, cwd, onOutput }, signal).catch((error: unknown) => {
    signal.throwIfAborted();
    throw error instanceof EngineError ? error : notRun(path, error);
  });
  hear(values.end());
  if (end.failure !== undefined) {
    const { verb } = WORDS[command];
    throw new EngineError('failed', `failed to ${verb} service provider: ${end.failure}`, {
      path: `services.${service}.provider`,
      hint:
        end.tail === ''
          ? `${path} wrote nothing to standard error; run "${[path, ...args].join(' ')}" to see more.`
          : `${path} wrote: ${end.tail}`,
    });
  }
  return variables;
}

function notUnderstood(
  { service, path }: ProviderCall & { path: string },
  message: string,
  json: string,
) {
  return new EngineError('failed', message, {
    path: `services.${service}.provider`,
    hint: `${path} wrote ${JSON.stringify(firstLine(json).slice(0, 200))} to standard output, which is for JSON messages {"type": …, "message": …}.`,
  });
}

function notRun(path: string, cause: unknown): EngineError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new EngineError('failed', `cannot run provider ${path}: ${reason}`, {
    hint: 'Check that it is a program for this machine.',
    cause,
  });
}
