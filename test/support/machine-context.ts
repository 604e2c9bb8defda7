/** Contexts for work on machines with a scripted provider and hosts that answer as a script says. */
import { join } from 'node:path';
import type { Clock } from '../../src/foundation/clock.ts';
import type { MachineContext } from '../../src/machines/machine-context.ts';
import { MachineError } from '../../src/machines/machine-error.ts';
import type { MachineEvent } from '../../src/machines/machine-event.ts';
import type { RunResult, SshStreams } from '../../src/machines/ssh/ssh-host.ts';
import type { MachineRecord } from '../../src/machines/store/machine-record.ts';
import type { MachineStore } from '../../src/machines/store/machine-store.ts';
import { openMachineStore } from '../../src/machines/store/open-store.ts';
import type { Provider } from '../../src/providers/provider.ts';
import { cloudResources, scriptedProvider, type Script } from './scripted-provider.ts';

/** A clock on which sleeping costs nothing: time is what was slept. */
export function virtualClock(start = Date.parse('2026-11-26T10:00:00Z')): Clock {
  let now = start;
  return {
    now: () => now,
    sleep: async (ms, signal) => {
      signal.throwIfAborted();
      now += ms;
      await new Promise(setImmediate);
    },
  };
}

export interface TestHost {
  readonly record: MachineRecord;
  /** Files of the host by path. */
  readonly files: Map<string, string>;
}

export interface TestContextOptions {
  /** Folder in which store and cloud are. */
  readonly folder: string;
  readonly script?: Script;
  readonly providers?: readonly Provider[];
  readonly signal?: AbortSignal;
  readonly events?: MachineEvent[];
  /** Changes the store, to look at what is written or to interrupt it. */
  readonly wrapStore?: (store: MachineStore) => MachineStore;
  readonly connect?: (record: MachineRecord) => Promise<void>;
  readonly run?: (argv: readonly string[], host: TestHost) => Partial<RunResult> | undefined;
  readonly provision?: MachineContext['provision'];
  readonly clock?: Clock;
  readonly files?: Map<string, string>;
  /** Environment of providers that reach an emulated account. */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

export const cloudOf = (folder: string): string => join(folder, 'cloud');

/** A context whose cloud and store are in a folder. */
export function testContext(options: TestContextOptions): MachineContext {
  const { folder, script, signal = new AbortController().signal } = options;
  const scripted = scriptedProvider(cloudOf(folder), script);
  const providers = [scripted, ...(options.providers ?? [])];
  const store = openMachineStore({ path: join(folder, 'store'), command: 'tcompose machine test' });
  const clock = options.clock ?? virtualClock();
  return {
    store: options.wrapStore?.(store) ?? store,
    provider: (name) => {
      const found = providers.find((provider) => provider.name === name);
      if (found !== undefined) return Promise.resolve(found);
      return Promise.reject(new MachineError('invalid', `unknown driver ${JSON.stringify(name)}`));
    },
    providerContext: {
      env: options.env ?? {},
      home: folder,
      signal,
      clock,
      fetch,
      readFile: () => Promise.reject(new Error('no file is read here')),
      ownAddress: () => Promise.resolve('192.0.2.1'),
      caller: store.caller,
    },
    openHost: (record) => testHost(record, options),
    provision:
      options.provision ??
      (() =>
        Promise.resolve({ changes: [], engineVersion: '28.5.2', system: 'debian 13', left: [] })),
    onEvent: (event) => options.events?.push(event),
    clock,
    signal,
    version: '0.0.0-test',
  };
}

function testHost(record: MachineRecord, options: TestContextOptions): SshStreams {
  const unused = (): never => {
    throw new Error('not in this test');
  };
  const files = options.files ?? new Map<string, string>();
  const up = (): boolean =>
    record.provider !== 'scripted' ||
    cloudResources(cloudOf(options.folder)).some(
      ({ address, state }) => address === record.address && state === 'Running',
    );
  return {
    target: {
      title: record.name,
      address: record.address ?? '',
      port: record.ssh.port,
      user: record.ssh.user,
      keyPaths: [],
      onlyTheseKeys: true,
      knownHosts: [],
      newHostKey: 'refuse',
      jumps: [],
      connectTimeout: 1000,
    },
    connect: async (signal) => {
      signal.throwIfAborted();
      if (!up()) throw new MachineError('unreachable', `${record.name} refuses connections`);
      await options.connect?.(record);
    },
    run: (argv, { signal }) => {
      signal.throwIfAborted();
      const result = options.run?.(argv, { record, files }) ?? {};
      return Promise.resolve({ code: 0, stdout: '', stderr: '', ...result });
    },
    shell: unused,
    writeFile: async (path, content) => {
      await Promise.resolve();
      files.set(path, String(content));
    },
    readFile: (path) => {
      const text = files.get(path);
      if (text === undefined) throw new MachineError('not-found', `${path}: no such file`);
      return Promise.resolve(new TextEncoder().encode(text));
    },
    upload: unused,
    download: unused,
    forward: unused,
    stream: unused,
    close: () => undefined,
  };
}
