/** What a provider is called with in tests: a context whose clock needs no time, and journals that are remembered. */
import { readFile } from 'node:fs/promises';
import type { Clock } from '../../src/foundation/clock.ts';
import type {
  Account,
  Caller,
  CallerRule,
  CreateRequest,
  Instance,
  Provider,
  ProviderContext,
  ProviderFlagValues,
  ProviderSettings,
} from '../../src/providers/provider.ts';
import { flagValues } from '../../src/providers/flag-values.ts';

/** An ed25519 key, and another one. */
export const PUBLIC_KEY =
  'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ/n0Q3eC4WwGBMCyE2DXJdPMGjwcB3pS0lZc1xWmxZy one@test';
export const OTHER_KEY =
  'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGPKSUTyz1HwHReFVvD5obVsALAgJRNarH4TRpNePnAS two@test';

/** Time passes only when somebody waits for it. */
export function patientClock(): Clock & { readonly slept: readonly number[] } {
  let now = Date.parse('2026-11-26T10:00:00Z');
  const slept: number[] = [];
  return {
    slept,
    now: () => now,
    sleep: async (ms, signal) => {
      await new Promise((resolve) => setImmediate(resolve));
      signal.throwIfAborted();
      slept.push(ms);
      now += ms;
    },
  };
}

/** A computer whose memory is not on a disk; `remembered` has its rules by firewall. */
export function memoryCaller(
  computer = '0123456789ab',
): Caller & { readonly remembered: Map<string, readonly CallerRule[]> } {
  const remembered = new Map<string, readonly CallerRule[]>();
  let last: Promise<unknown> = Promise.resolve();
  return {
    remembered,
    withRules: (firewall, _signal, work) => {
      const done = last.then(() =>
        work({
          computer,
          rules: remembered.get(firewall) ?? [],
          remember: (rules) => {
            remembered.set(firewall, rules);
            return Promise.resolve();
          },
        }),
      );
      last = done.catch(() => undefined);
      return done;
    },
  };
}

export function providerContext(
  env: Readonly<Record<string, string>>,
  changes: Partial<ProviderContext> = {},
): ProviderContext {
  return {
    env,
    home: '/nonexistent',
    signal: new AbortController().signal,
    clock: patientClock(),
    fetch,
    readFile: (path) => readFile(path, 'utf8'),
    ownAddress: () => Promise.resolve('198.51.100.7'),
    caller: memoryCaller(),
    ...changes,
  };
}

/** Settings as a command line gives them. */
export function settingsFrom(
  provider: Provider,
  given: ProviderFlagValues = {},
  env: Readonly<Record<string, string>> = {},
): ProviderSettings {
  return provider.settings(flagValues(provider.flags, given, env));
}

/** What was written to a journal, as lines. */
export interface RememberedRequest extends CreateRequest {
  readonly lines: string[];
}

export function creation(
  name: string,
  settings: ProviderSettings,
  changes: Partial<CreateRequest> = {},
): RememberedRequest {
  const lines: string[] = [];
  return {
    name,
    settings,
    publicKey: PUBLIC_KEY,
    userData: '#cloud-config\n{}\n',
    tags: { tcompose: '1', 'tcompose-machine': name, 'tcompose-store': 's7' },
    token: `token-${name}`,
    progress: () => undefined,
    lines,
    journal: {
      earlier: [],
      intend: (kind, token) => {
        lines.push(`intend ${kind} ${token}`);
        return Promise.resolve();
      },
      made: ({ kind, id }) => {
        lines.push(`made ${kind} ${id}`);
        return Promise.resolve();
      },
    },
    ...changes,
  };
}

/** Tags of a store without a machine. */
export const STORE_TAGS = { tcompose: '1', 'tcompose-store': 's7' };

export interface OpenAccount {
  readonly settings: ProviderSettings;
  readonly account: Account;
}

export interface CreatedMachine {
  readonly account: Account;
  readonly request: RememberedRequest;
  readonly instance: Instance;
}

/** Accounts of a provider at its emulated cloud, and machines in them; `always` are flags that all of them get. */
export function providerBench(
  provider: Provider,
  environment: () => Readonly<Record<string, string>>,
  always: ProviderFlagValues = {},
): {
  readonly open: (
    given?: ProviderFlagValues,
    changes?: Partial<ProviderContext>,
  ) => Promise<OpenAccount>;
  readonly create: (given?: ProviderFlagValues, name?: string) => Promise<CreatedMachine>;
  readonly removeAll: (account: Account, machine: string) => Promise<void>;
} {
  const caller = memoryCaller();
  const open = async (
    given: ProviderFlagValues = {},
    changes: Partial<ProviderContext> = {},
  ): Promise<OpenAccount> => {
    const settings = settingsFrom(provider, { ...always, ...given });
    const account = await provider.connect(
      settings,
      providerContext(environment(), { caller, ...changes }),
    );
    return { settings, account };
  };
  const create = async (
    given: ProviderFlagValues = {},
    name = 'web.one',
  ): Promise<CreatedMachine> => {
    const { settings, account } = await open(given);
    const request = creation(name, settings);
    return { account, request, instance: await account.create(request) };
  };
  const removeAll = async (account: Account, machine: string): Promise<void> => {
    const tags = { ...STORE_TAGS, 'tcompose-machine': machine };
    for (const resource of await account.resources(tags)) await account.remove(resource);
  };
  return { open, create, removeAll };
}
