import type { AnyAuthMethod, OpenSSHAgent, ParsedKey } from 'ssh2';
import { existsSync } from 'node:fs';
import { MachineError } from '../machine-error.ts';
import { agentKeys } from './agent-keys.ts';
import { unlockKey } from './keys.ts';
import { fingerprintOf } from './known-hosts.ts';
import { publicKeyOf } from './openssh-key.ts';
import { otherWays } from './other-ways.ts';
import { inTime } from './patience.ts';
import { textIfThere, type SshContext } from './ssh-context.ts';
import type { SshTarget } from './ssh-host.ts';
import { seconds } from './unreachable.ts';

/** Milliseconds that an agent may take to name its keys: it may ask the user first. */
const AGENT_TIME = 30_000;

/** Types of keys that can be used; others are those of security keys (`sk-…`), certificates and DSA. */
const USABLE = /^(?:ssh-ed25519|ssh-rsa|ecdsa-sha2-nistp\d+)$/;

const USABLE_HINT =
  'Keys of ed25519, ECDSA and RSA are understood, but not those of security keys (sk-…), nor certificates.';

/** How to log in, one way after the other, and what came of it. */
export interface Authentication {
  /** The next way; undefined: there is none left. */
  next(): Promise<AnyAuthMethod | undefined>;
  /** Notes that the agent refused to sign with the key that it was asked for last. */
  notSigned(error: Error): void;
  /**
   * Why nobody was let in. `methods` are those that the server would take; `tooMany`: it has hung up because of all
   * the keys that were no good.
   */
  failure(methods: readonly string[], tooMany: boolean): MachineError;
}

const FEWER =
  'Say which key is the right one, with "IdentityFile" and "IdentitiesOnly yes" for this host in ~/.ssh/config, or take others out of the agent.';

/** Ways to log in to a target: keys of the agent, then those of files, unless only these are wanted. */
export function authentication(target: SshTarget, context: SshContext): Authentication {
  const told: Told = { tried: [], hints: [], hasOtherKey: false, offered: new Set() };
  const ways = waysFor(target, context, told);
  return {
    next: async () => {
      const { value } = await ways.next();
      return value ?? undefined;
    },
    notSigned: ({ message }) => {
      if (told.agentKey === undefined) return;
      told.tried.pop();
      told.tried.push(`the agent does not sign with ${told.agentKey.name}: ${message}`);
      // Its file may be of use.
      told.offered.delete(told.agentKey.blob);
    },
    failure: (methods, tooMany) => {
      const all = told.tried.length === 0 ? ['there was no key to try'] : told.tried;
      const takes =
        methods.length === 0 || methods.includes('publickey')
          ? ''
          : `; the server takes ${methods.join(', ')} only`;
      return new MachineError(
        'auth',
        `${target.title} does not let ${target.user} in: ${all.join('; ')}${takes}${tooMany ? '; the server listens to no more keys' : ''}`,
        {
          host: target.title,
          step: 'log in',
          otherWays: otherWays(target, methods, told.hasOtherKey),
          hint:
            (tooMany ? FEWER : told.hints[0]) ??
            target.howIn ??
            `Add the public key to ~${target.user}/.ssh/authorized_keys on the host, or name another user or key.`,
        },
      );
    },
  };
}

interface Told {
  readonly tried: string[];
  readonly hints: string[];
  /** Whether the agent has a key that only `ssh` itself can use. */
  hasOtherKey: boolean;
  /** Key of the agent that is being tried. */
  agentKey?: { readonly name: string; readonly blob: string };
  /** Public halves of keys that the agent has offered. */
  readonly offered: Set<string>;
}

async function* waysFor(
  target: SshTarget,
  context: SshContext,
  told: Told,
): AsyncGenerator<AnyAuthMethod, undefined> {
  const username = target.user;
  const agent = await openAgent(target.agentSocket, context, told);
  const wanted = target.onlyTheseKeys ? publicKeys(target.keyPaths) : undefined;
  const { offered } = told;
  const own = publicKeys(target.keyPaths);
  // A server gives up after a few keys, so those that were named come first.
  const known = (key: ParsedKey): number =>
    own.has(key.getPublicSSH().toString('base64')) ? 0 : 1;
  for (const key of (agent?.keys ?? []).toSorted((a, b) => known(a) - known(b))) {
    const blob = key.getPublicSSH().toString('base64');
    if (wanted !== undefined && !wanted.has(blob)) continue;
    offered.add(blob);
    const name = key.comment === '' ? fingerprintOf(key.getPublicSSH()) : key.comment;
    told.agentKey = { name: `key ${name}`, blob };
    told.tried.push(`key ${name} of the agent was not accepted`);
    yield { type: 'agent', username, agent: await onlyKey(agent?.agent, key) };
  }
  delete told.agentKey;
  for (const path of target.keyPaths) {
    // Keys that nobody named are tried only where they are.
    if (!target.onlyTheseKeys && !existsSync(path)) continue;
    // Unlocking a key that the agent has would ask for its passphrase for nothing.
    if ([...publicKeys([path])].some((blob) => offered.has(blob))) continue;
    try {
      const key = await unlockKey(path, context);
      told.tried.push(`key ${path} (${key.fingerprint}) was not accepted`);
      yield { type: 'publickey', username, key: key.material as ParsedKey };
    } catch (error) {
      if (!(error instanceof MachineError)) throw error;
      told.tried.push(error.message);
      if (error.hint !== undefined) told.hints.push(error.hint);
    }
  }
  if (agent !== undefined) await tellUnusable(target.agentSocket ?? '', context, told);
  return undefined;
}

/** Keys of the agent that were not offered because nobody here can, which the user may take for the right ones. */
async function tellUnusable(socket: string, { clock }: SshContext, told: Told): Promise<void> {
  const stop = new AbortController();
  try {
    const keys = await inTime(agentKeys(socket, stop.signal), {
      clock,
      signal: new AbortController().signal,
      time: AGENT_TIME,
      late: () => new Error('no answer'),
    });
    for (const { type, comment } of keys) {
      if (USABLE.test(type)) continue;
      told.tried.push(`key ${comment} of the agent is of a kind that cannot be used: ${type}`);
      told.hints.push(USABLE_HINT);
      told.hasOtherKey = true;
    }
  } catch {
    // It has answered before; what was tried is told all the same.
  } finally {
    stop.abort(new Error('done'));
  }
}

interface OpenAgent {
  readonly agent: OpenSSHAgent;
  readonly keys: readonly ParsedKey[];
}

async function openAgent(
  socket: string | undefined,
  { clock }: SshContext,
  told: Told,
): Promise<OpenAgent | undefined> {
  if (socket === undefined) return undefined;
  const { OpenSSHAgent: Agent } = await import('./ssh2.part.ts');
  const agent = new Agent(socket);
  try {
    const asked = new Promise<readonly ParsedKey[]>((resolve, reject) => {
      agent.getIdentities((error, found) => {
        if (error) reject(error);
        else resolve((found ?? []) as readonly ParsedKey[]);
      });
    });
    const keys = await inTime(asked, {
      clock,
      signal: new AbortController().signal,
      time: AGENT_TIME,
      late: () => new Error(`no answer within ${seconds(AGENT_TIME)}`),
    });
    return { agent, keys };
  } catch (error) {
    told.tried.push(`the agent at ${socket} does not answer: ${(error as Error).message}`);
    return undefined;
  }
}

/** An agent that knows a single key, so that it can be told which one was not accepted. */
async function onlyKey(agent: OpenSSHAgent | undefined, key: ParsedKey): Promise<OpenSSHAgent> {
  const { OpenSSHAgent: Agent } = await import('./ssh2.part.ts');
  class OneKey extends Agent {
    override getIdentities(done: Parameters<OpenSSHAgent['getIdentities']>[0]): void {
      done(null, [key]);
    }
  }
  return new OneKey((agent as unknown as { readonly socketPath: string }).socketPath);
}

/** Public halves of keys, from the files beside them or out of the keys, as far as no passphrase is needed. */
function publicKeys(paths: readonly string[]): Set<string> {
  return new Set(
    paths
      .map((path) => textIfThere(`${path}.pub`).trim() || publicKeyOf(textIfThere(path)))
      .map((key) => key?.split(/\s+/)[1])
      .filter((blob) => blob !== undefined),
  );
}
