import type {
  EC2Client,
  EC2ClientConfig,
  EC2ClientResolvedConfig,
  Filter,
  ServiceInputTypes,
  ServiceOutputTypes,
} from '@aws-sdk/client-ec2';
import type { Command } from '@smithy/types';
import type { ProviderContext } from '../provider.ts';
import type { Tags } from '../tags.ts';
import type * as Sdk from './ec2.part.ts';
import { ec2Failure, type FailurePlace } from './failure.ts';
import type { Ec2Settings } from './settings.ts';

/** How long connecting and a call may take, in milliseconds. */
const CONNECT_TIMEOUT = 10_000;
const CALL_TIMEOUT = 60_000;

type Part = typeof Sdk;

/** EC2 in one region: the SDK's client and commands, errors as ProviderErrors. */
export class Ec2 {
  readonly settings: Ec2Settings;
  readonly context: ProviderContext;
  readonly commands: Part;
  /** Absent: that of the region. */
  readonly endpoint: string | undefined;
  readonly #client: EC2Client;

  private constructor(settings: Ec2Settings, context: ProviderContext, commands: Part) {
    this.settings = settings;
    this.context = context;
    this.commands = commands;
    this.endpoint = endpointOf(settings, context);
    this.#client = quietly(() => new commands.EC2Client(clientConfig(settings, context)));
  }

  /**
   * Loads the SDK and resolves credentials by its default chain; a secret is neither kept nor shown.
   *
   * @throws ProviderError `no-credentials`, saying where they were looked for
   */
  static async connect(settings: Ec2Settings, context: ProviderContext): Promise<Ec2> {
    const ec2 = new Ec2(settings, context, await import('./ec2.part.ts'));
    try {
      await ec2.#client.config.credentials();
    } catch (error) {
      context.signal.throwIfAborted();
      throw ec2Failure(error, credentialPlaces(settings, context));
    }
    return ec2;
  }

  async send<I extends ServiceInputTypes, O extends ServiceOutputTypes>(
    command: Command<ServiceInputTypes, I, ServiceOutputTypes, O, EC2ClientResolvedConfig>,
  ): Promise<O> {
    const { signal } = this.context;
    try {
      return await this.#client.send(command, { abortSignal: signal });
    } catch (error) {
      signal.throwIfAborted();
      throw ec2Failure(error, { ...this.settings, credentials: this.#credentials() });
    }
  }

  /** Items of all pages. */
  async pages<O extends { readonly NextToken?: string | undefined }, T>(
    page: (token: { NextToken?: string }) => Promise<O>,
    items: (output: O) => readonly T[] | undefined,
  ): Promise<T[]> {
    const all: T[] = [];
    let token: string | undefined;
    do {
      const output: O = await page(token === undefined ? {} : { NextToken: token });
      all.push(...(items(output) ?? []));
      token = output.NextToken;
    } while (token !== undefined && token !== '');
    return all;
  }

  /** Where the credentials come from, for errors; never what they are. */
  #credentials(): string {
    const { settings, context } = this;
    const profile = settings.profile ?? context.env['AWS_PROFILE'];
    if (hasKeys(settings, context)) return 'AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY';
    return profile === undefined || profile === ''
      ? 'the default chain of AWS'
      : `the profile ${JSON.stringify(profile)}`;
  }

  close(): void {
    this.#client.destroy();
  }
}

/** Filters for things that have all of these tags. */
export function tagFilters(tags: Tags): Filter[] {
  return Object.entries(tags).map(([key, value]) => ({ Name: `tag:${key}`, Values: [value] }));
}

/** Tags as the API takes them. */
export function tagList(tags: Tags): { Key: string; Value: string }[] {
  return Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
}

/** Tags as the API gives them. */
export function tagsOf(
  list: readonly { readonly Key?: string | undefined; readonly Value?: string | undefined }[] = [],
): Record<string, string> {
  return Object.fromEntries(list.map(({ Key = '', Value = '' }) => [Key, Value]));
}

/** Where credentials were looked for, for the error that there are none. */
function credentialPlaces(settings: Ec2Settings, { env }: ProviderContext): FailurePlace {
  return {
    region: settings.region,
    profile: settings.profile ?? env['AWS_PROFILE'],
    files: [
      env['AWS_SHARED_CREDENTIALS_FILE'] ?? '~/.aws/credentials',
      env['AWS_CONFIG_FILE'] ?? '~/.aws/config',
    ],
  };
}

/** Makes a client without the SDK's words on old versions of Node, about which users can do nothing. */
function quietly<T>(make: () => T): T {
  const variable = 'AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED';
  const before = process.env[variable];
  process.env[variable] = 'true';
  try {
    return make();
  } finally {
    if (before === undefined) delete process.env[variable];
    else process.env[variable] = before;
  }
}

/** True for keys in the environment, which come before profiles unless a flag names one. */
function hasKeys(settings: Ec2Settings, { env }: Pick<ProviderContext, 'env'>): boolean {
  const { AWS_ACCESS_KEY_ID: id = '', AWS_SECRET_ACCESS_KEY: secret = '' } = env;
  return settings.profile === undefined && id !== '' && secret !== '';
}

function endpointOf(settings: Ec2Settings, { env }: ProviderContext): string | undefined {
  const endpoint = settings.endpoint ?? env['AWS_ENDPOINT_URL_EC2'] ?? env['AWS_ENDPOINT_URL'];
  return endpoint === '' ? undefined : endpoint;
}

function clientConfig(settings: Ec2Settings, context: ProviderContext): EC2ClientConfig {
  const { env } = context;
  const endpoint = endpointOf(settings, context);
  const { AWS_ACCESS_KEY_ID: id, AWS_SECRET_ACCESS_KEY: secret, AWS_SESSION_TOKEN: token } = env;
  const profile = settings.profile ?? env['AWS_PROFILE'];
  return {
    region: settings.region,
    maxAttempts: settings.retries + 1,
    requestHandler: { connectionTimeout: CONNECT_TIMEOUT, requestTimeout: CALL_TIMEOUT },
    ...(endpoint === undefined ? {} : { endpoint }),
    // Also keys that came as flags, which the SDK cannot know of.
    ...(hasKeys(settings, { env }) && id !== undefined && secret !== undefined
      ? {
          credentials: {
            accessKeyId: id,
            secretAccessKey: secret,
            ...(token === undefined || token === '' ? {} : { sessionToken: token }),
          },
        }
      : profile === undefined || profile === ''
        ? {}
        : { profile }),
  };
}
