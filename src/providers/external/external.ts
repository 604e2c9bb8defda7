import { readdirSync } from 'node:fs';
import { delimiter, resolve } from 'node:path';
import { findProgram, isExecutable } from '../../engine/executable.ts';
import { compact } from '../flag-values.ts';
import type { Provider, ProviderContext, ProviderSettings } from '../provider.ts';
import { ProviderError } from '../provider-error.ts';
import { externalAccount } from './account.ts';
import { Conversation, type Program } from './conversation.ts';
import { type Hello, parseHello, PROTOCOL, ShapeError } from './shape.ts';

/** What programs of providers are called, before their name. */
const PREFIX = 'tcompose-provider-';
const NAME = /^[a-z0-9][a-z0-9-]*$/;
/** Milliseconds that a provider may take to say who it is. */
const PATIENCE = 10_000;

/** Where programs of providers are looked for. */
export interface ProviderSources {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly signal?: AbortSignal;
}

/** Names of the providers that are programs in PATH. */
export function externalNames({ env, cwd }: ProviderSources): string[] {
  const folders = (env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  const names = folders.flatMap((folder) => {
    const path = resolve(cwd, folder);
    return entries(path)
      .filter((entry) => entry.startsWith(PREFIX) && isExecutable(resolve(path, entry)))
      .map((entry) => entry.slice(PREFIX.length))
      .filter((name) => NAME.test(name));
  });
  return [...new Set(names)].sort();
}

/**
 * The provider that a program named `tcompose-provider-NAME` in PATH is; undefined when there is none.
 *
 * @throws ProviderError when it cannot say who it is
 */
export async function externalProvider(
  name: string,
  sources: ProviderSources,
): Promise<Provider | undefined> {
  if (!NAME.test(name)) return undefined;
  const { env, cwd, signal = new AbortController().signal } = sources;
  const path = findProgram(`${PREFIX}${name}`, { path: env['PATH'], cwd });
  if (path === undefined) return undefined;
  const conversation = new Conversation({ name, path, env, secrets: [], signal });
  try {
    return providerOf(name, path, await greet(conversation, name, path));
  } finally {
    conversation.close();
  }
}

async function greet(conversation: Conversation, name: string, path: string): Promise<Hello> {
  const answer = await conversation.call('hello', { protocol: PROTOCOL }, { patience: PATIENCE });
  try {
    return parseHello(answer, name);
  } catch (error) {
    if (!(error instanceof ShapeError)) throw error;
    throw new ProviderError('failed', `the provider ${name} cannot be used: ${error.message}`, {
      hint: `It is ${path}; docs/providers.md says what is expected of it.`,
    });
  }
}

function providerOf(name: string, path: string, hello: Hello): Provider {
  const { ssh, userDataFlag, accountFlags } = hello;
  const text = (settings: ProviderSettings, flag: string | undefined): string | undefined => {
    const value = flag === undefined ? undefined : settings[settingName(name, flag)];
    return typeof value === 'string' ? value : undefined;
  };
  return {
    name,
    title: hello.title,
    flags: hello.flags,
    power: hello.power,
    makesInstances: hello.makesInstances,
    settings: (values) =>
      compact(
        Object.fromEntries(
          hello.flags
            .filter(({ secret }) => secret !== true)
            .map((flag) => [settingName(name, flag.name), values[flag.name]]),
        ),
      ),
    ssh: (settings) => {
      const keyPath = text(settings, ssh.keyFlag);
      const port =
        ssh.portFlag === undefined ? undefined : settings[settingName(name, ssh.portFlag)];
      return {
        user: text(settings, ssh.userFlag) ?? ssh.user,
        port: typeof port === 'number' ? port : ssh.port,
        ...(keyPath === undefined ? {} : { keyPath }),
      };
    },
    ...(accountFlags === undefined
      ? {}
      : {
          accountKey: (settings: ProviderSettings) =>
            JSON.stringify(accountFlags.map((flag) => settings[settingName(name, flag)] ?? null)),
        }),
    userDataPath: (settings) => text(settings, userDataFlag),
    connect: async (settings, context) => {
      const conversation = new Conversation(programOf(name, path, hello, context));
      try {
        await greet(conversation, name, path);
        await conversation.call('connect', { settings }, { patience: PATIENCE });
        return externalAccount(conversation);
      } catch (error) {
        conversation.close();
        throw error;
      }
    },
  };
}

function programOf(name: string, path: string, hello: Hello, context: ProviderContext): Program {
  const variables = hello.flags
    .filter(({ secret }) => secret === true)
    .flatMap(({ env = [] }) => env);
  const secrets = variables
    .map((variable) => context.env[variable] ?? '')
    .filter((value) => value.length > 3);
  return { name, path, env: context.env, secrets, signal: context.signal };
}

/** `mycloud-region` is the setting `region`. */
function settingName(provider: string, flag: string): string {
  return flag.slice(provider.length + 1);
}

function entries(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
