/** What a provider is called with in tests: a context whose clock needs no time, and journals that are remembered. */
import { readFile } from 'node:fs/promises';
import type { Clock } from '../../src/foundation/clock.ts';
import type {
  CreateRequest,
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
