import { connectEngine } from '../../engine/engine.ts';
import { findEndpoint } from '../../engine/endpoint.ts';
import type { MachineContext } from '../../machines/machine-context.ts';
import { forwardEngine } from '../../machines/ssh/engine-socket.ts';
import { localFiles } from '../file-access.ts';
import { engineAddress } from './engine-address.ts';
import type { HostOf } from './hosts.ts';
import type { KnownMachine } from './target.ts';

/** Where the engine of a machine has its version: over SSH, or at the address of a `none` machine. */
export async function engineVersion(
  { providerContext: { env } }: Pick<MachineContext, 'providerContext'>,
  machine: KnownMachine,
  hostOf: HostOf,
  signal: AbortSignal,
): Promise<string> {
  const { record, path } = machine;
  const url =
    record.provider === 'none' ? engineAddress(record, path)?.url : `ssh://${record.name}`;
  const endpoint = findEndpoint({
    flags: { host: url ?? '', ...tlsFlags(env, record.provider) },
    env: { HOME: env['HOME'] },
    files: localFiles(env),
  });
  const engine = await connectEngine(endpoint, {
    signal,
    connect: () => forwardEngine(hostOf(machine), signal),
  });
  try {
    const { Version } = await engine.client.send<{ readonly Version: string }>(
      { method: 'GET', path: '/version' },
      signal,
    );
    return Version;
  } finally {
    engine.close();
  }
}

/** An engine that only its address is known of may want the certificates that the user's environment names. */
function tlsFlags(
  env: Readonly<Record<string, string | undefined>>,
  provider: string,
): { readonly tlsVerify?: boolean } {
  return provider === 'none' && (env['DOCKER_TLS_VERIFY'] ?? '') !== '' ? { tlsVerify: true } : {};
}
