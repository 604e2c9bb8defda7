/**
 * A provider whose cloud is a folder: each resource is a file, so it outlives processes that are killed. A script
 * says at which moment something happens.
 */
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { MACHINE_TAG, STORE_TAG } from '../../src/providers/machine-tags.ts';
import { ProviderError, type ProviderErrorKind } from '../../src/providers/provider-error.ts';
import type {
  Account,
  CreateRequest,
  Instance,
  MachineState,
  Provider,
  ProviderContext,
  RemoteResource,
} from '../../src/providers/provider.ts';
import { matches } from '../../src/providers/tags.ts';

/** A resource of the cloud. */
export interface CloudResource {
  readonly kind: string;
  readonly id: string;
  readonly token: string;
  readonly tags: Readonly<Record<string, string>>;
  /** `gone`: it was removed; the cloud remembers tokens of instances for a while. */
  readonly state: MachineState | 'gone';
  readonly address?: string;
  readonly userData?: string;
}

/** Called at each moment of an account: before and after each change. */
export type AtMoment = (moment: string) => Promise<void> | void;

export interface Script {
  readonly at?: AtMoment;
  /** Failures by call: `check`, `create instance`, `remove instance`, `list`, `connect` … */
  readonly failures?: Readonly<Record<string, readonly [ProviderErrorKind, string]>>;
  /** Calls that never end until they are aborted. */
  readonly hangs?: readonly string[];
  /** True: what is made never gets an address. */
  readonly withoutAddress?: boolean;
  /** Calls of an account, in their order. */
  readonly calls?: string[];
}

/** What there is in a cloud now, whoever made it. */
export function cloudResources(folder: string): CloudResource[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((file) => file.endsWith('.json'))
    .map((file) => JSON.parse(readFileSync(join(folder, file), 'utf8')) as CloudResource)
    .filter(({ state }) => state !== 'gone');
}

/** Changes a resource behind everybody's back. */
export function changeCloud(folder: string, id: string, change: Partial<CloudResource>): void {
  const found = cloudResources(folder).find((resource) => resource.id === id);
  if (found === undefined) throw new Error(`no ${id} in ${folder}`);
  write(folder, { ...found, ...change });
}

/** A provider named `scripted` with a cloud in a folder. */
export function scriptedProvider(folder: string, script: Script = {}): Provider {
  return {
    name: 'scripted',
    title: 'Scripted',
    flags: [],
    power: 'api',
    makesInstances: true,
    settings: (values) => ({ ...values }),
    ssh: () => ({ user: 'root', port: 22 }),
    accountKey: (settings) => JSON.stringify(settings['region'] ?? null),
    connect: (settings, context) => {
      const failure = script.failures?.['connect'];
      if (failure !== undefined) return Promise.reject(new ProviderError(...failure));
      const region = settings['region'];
      return Promise.resolve(
        new ScriptedAccount({
          folder,
          script,
          context,
          region: typeof region === 'string' ? region : undefined,
        }),
      );
    },
  };
}

function write(folder: string, resource: CloudResource): void {
  mkdirSync(folder, { recursive: true });
  const path = join(folder, `${resource.kind}.${resource.id}`);
  writeFileSync(`${path}.${process.pid}`, JSON.stringify(resource));
  renameSync(`${path}.${process.pid}`, `${path}.json`);
}

/** Ids follow from tokens, so that two calls with one token cannot make two. */
function idOf(kind: string, token: string): string {
  return `${kind[0] ?? ''}-${createHash('sha256').update(token).digest('hex').slice(0, 12)}`;
}

class ScriptedAccount implements Account {
  readonly #folder: string;
  readonly #script: Script;
  readonly #context: ProviderContext;
  readonly #region: string | undefined;

  constructor(given: {
    readonly folder: string;
    readonly script: Script;
    readonly context: ProviderContext;
    readonly region: string | undefined;
  }) {
    this.#folder = given.folder;
    this.#script = given.script;
    this.#context = given.context;
    this.#region = given.region;
  }

  async check(): Promise<void> {
    await this.#call('check');
  }

  async create(request: CreateRequest): Promise<Instance> {
    const store = request.tags[STORE_TAG] ?? '';
    await this.#make('security-group', `sg-${store}`, request);
    await this.#make('key-pair', `${request.token}-key`, request);
    const made = await this.#make('instance', request.token, request);
    if (made.address === undefined) {
      await new Promise((_, reject) => {
        const { signal } = this.#context;
        const timer = setTimeout(() => undefined, 60_000);
        signal.addEventListener('abort', () => {
          clearTimeout(timer);
          reject(signal.reason as Error);
        });
        if (signal.aborted) reject(signal.reason as Error);
      });
    }
    return this.#instance(made);
  }

  async #make(kind: string, token: string, request: CreateRequest): Promise<CloudResource> {
    const { signal } = this.#context;
    signal.throwIfAborted();
    const id = idOf(kind, token);
    const shared = kind === 'security-group';
    const known = this.#find(id);
    // Of what is gone, only the tokens of instances are remembered.
    if (known === undefined || (known.state === 'gone' && kind !== 'instance')) {
      await request.journal.intend(kind, token);
      await this.#call(`create ${kind}`);
      const { [MACHINE_TAG]: _machine, ...storeTags } = request.tags;
      const tags = shared ? storeTags : request.tags;
      const state = kind === 'instance' ? 'Running' : 'Stopped';
      const number = cloudResources(this.#folder).length;
      const address =
        this.#script.withoutAddress === true ? {} : { address: `198.51.100.${number}` };
      const extra = kind === 'instance' ? { ...address, userData: request.userData } : {};
      write(this.#folder, { kind, id, token, tags, state, ...extra });
      await this.#script.at?.(`made ${kind}`);
      signal.throwIfAborted();
    }
    const made = this.#find(id);
    if (made === undefined) throw new Error(`${id} was not written`);
    if (made.state === 'gone') {
      throw new ProviderError('failed', `token ${token} belongs to a ${kind} that is gone`);
    }
    await request.journal.made(this.#resource(made));
    return made;
  }

  async list(tags: Readonly<Record<string, string>>): Promise<readonly Instance[]> {
    await this.#call('list');
    return this.#matching(tags)
      .filter(({ kind }) => kind === 'instance')
      .map((resource) => this.#instance(resource));
  }

  async describe(id: string): Promise<Instance | undefined> {
    await this.#call('describe');
    const found = this.#find(id);
    return found === undefined || found.state === 'gone' ? undefined : this.#instance(found);
  }

  async start(id: string): Promise<void> {
    await this.#call('start');
    // As in EC2, the address is another one after a stop.
    const number = 100 + cloudResources(this.#folder).length;
    this.#change(id, { state: 'Running', address: `203.0.113.${number}` });
  }

  async stop(id: string, { force }: { readonly force: boolean }): Promise<void> {
    await this.#call(force ? 'kill' : 'stop');
    this.#change(id, { state: 'Stopped' });
  }

  async restart(id: string): Promise<void> {
    await this.#call('restart');
    this.#change(id, { state: 'Running' });
  }

  async resources(tags: Readonly<Record<string, string>>): Promise<readonly RemoteResource[]> {
    await this.#call('resources');
    return this.#matching(tags).map((resource) => this.#resource(resource));
  }

  async remove({ kind, id }: Pick<RemoteResource, 'kind' | 'id'>): Promise<boolean> {
    const found = this.#find(id);
    if (found === undefined || found.state === 'gone') return true;
    if (kind === 'security-group') {
      const store = found.tags[STORE_TAG];
      const users = cloudResources(this.#folder).filter(
        (other) => other.kind === 'instance' && other.tags[STORE_TAG] === store,
      );
      if (users.length > 0) return false;
    }
    await this.#call(`remove ${kind}`);
    write(this.#folder, { ...found, state: 'gone' });
    await this.#script.at?.(`removed ${kind}`);
    return true;
  }

  choices(): Promise<readonly []> {
    return Promise.resolve([]);
  }

  close(): void {
    // There is no connection.
  }

  #change(id: string, change: Partial<CloudResource>): void {
    const found = this.#find(id);
    if (found === undefined) throw new ProviderError('not-found', `no instance ${id}`);
    write(this.#folder, { ...found, ...change });
  }

  async #call(name: string): Promise<void> {
    this.#script.calls?.push(name);
    await this.#script.at?.(name);
    const { signal } = this.#context;
    signal.throwIfAborted();
    const failure = this.#script.failures?.[name];
    if (failure !== undefined) throw new ProviderError(...failure);
    if (this.#script.hangs?.includes(name) === true) {
      await new Promise((_, reject) => {
        const hold = setTimeout(() => undefined, 60_000);
        signal.addEventListener('abort', () => {
          clearTimeout(hold);
          reject(signal.reason as Error);
        });
      });
    }
  }

  #find(id: string): CloudResource | undefined {
    if (!existsSync(this.#folder)) return undefined;
    const file = readdirSync(this.#folder).find((name) => name.endsWith(`.${id}.json`));
    return file === undefined
      ? undefined
      : (JSON.parse(readFileSync(join(this.#folder, file), 'utf8')) as CloudResource);
  }

  #matching(tags: Readonly<Record<string, string>>): CloudResource[] {
    return cloudResources(this.#folder).filter((resource) => matches(resource.tags, tags));
  }

  #resource({ kind, id, tags }: CloudResource): RemoteResource {
    const machine = tags[MACHINE_TAG];
    return {
      kind,
      id,
      title: `${kind} ${id}`,
      ...(machine === undefined ? {} : { machine }),
      ...(this.#region === undefined ? {} : { region: this.#region }),
    };
  }

  #instance({ id, tags, state, address }: CloudResource): Instance {
    return {
      id,
      name: tags[MACHINE_TAG] ?? '',
      state: state === 'gone' ? 'Not Found' : state,
      ...(address === undefined || state === 'Stopped' ? {} : { address }),
      ...(this.#region === undefined ? {} : { region: this.#region }),
      tags,
    };
  }
}
