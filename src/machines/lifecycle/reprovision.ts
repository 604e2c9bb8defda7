import type { MachineContext } from '../machine-context.ts';
import { MachineError } from '../machine-error.ts';
import type { ProvisionReport } from '../provision/provision.ts';
import type { EngineOptions } from '../store/machine-record.ts';

/** Milliseconds for another process that works on the machine. */
const LOCK_TIME = 600_000;

export interface ReprovisionRequest {
  readonly name: string;
  /** How the engine is to be from now on; absent: as it was recorded. */
  readonly engine?: EngineOptions;
  /** False: an engine that is there is left as it is. */
  readonly configure: boolean;
  /** True: only what would be done is looked up. */
  readonly dryRun?: boolean;
  /** Nothing but the port of the engine and its certificates is the matter. */
  readonly only?: 'exposure';
  /** True: a port that docker-machine has opened is closed. */
  readonly close?: boolean;
  /** Certificates are made anew: only the engine's, or the authority and both. */
  readonly renew?: 'server' | 'all';
}

/** Sets a machine up again; how its engine is to be is recorded once it is so. */
export async function reprovision(
  context: MachineContext,
  { name, engine, configure, dryRun = false, ...exposure }: ReprovisionRequest,
): Promise<ProvisionReport> {
  const { store, signal, onEvent } = context;
  await store.checkWritable();
  const options = { create: false, timeout: LOCK_TIME, signal };
  return store.withMachine(name, options, async (folder) => {
    const record = await folder.read();
    if (record?.phase !== 'ready') {
      throw new MachineError('wrong-state', `machine ${name} is not finished`, {
        hint: '"machine create" with the same flags continues',
      });
    }
    const provider = await context.provider(record.provider);
    const wanted = engine ?? record.engine;
    const host = context.openHost(record, folder.path);
    try {
      const report = await context.provision({
        machine: name,
        provider: record.provider,
        host,
        engine: wanted,
        ...(provider.makesInstances ? { hostname: name } : {}),
        configure,
        dryRun,
        ...exposure,
        changeVersion: engine !== undefined && engine.version !== record.engine.version,
        onEvent,
        signal,
      });
      // Not before: what failed is still a difference for the next call.
      if (engine !== undefined && !dryRun) await folder.write({ ...record, engine });
      return report;
    } finally {
      host.close();
    }
  });
}
