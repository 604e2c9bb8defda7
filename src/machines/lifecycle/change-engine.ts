import type { MachineContext } from '../machine-context.ts';
import { MachineError } from '../machine-error.ts';
import { upgradeEngine, type UpgradeReport } from '../provision/upgrade.ts';
import type { EngineOptions } from '../store/machine-record.ts';
import { withHost } from './with-host.ts';

/** Milliseconds for another process that works on the machine. */
const LOCK_TIME = 600_000;

export interface ChangeEngineRequest {
  readonly name: string;
  /** Version for the engine; empty: what the machine was created with, else the newest; `latest`: the newest. */
  readonly version: string;
  readonly dryRun: boolean;
}

/** What became of an engine, and the version that its machine is to have; absent: always the newest. */
export interface ChangedEngine extends UpgradeReport {
  readonly pin: string | undefined;
}

/**
 * Brings the engine of a machine to a version. One that was named is what the machine is to have from then on, as if
 * it had been created with it.
 */
export function changeEngine(
  context: MachineContext,
  { name, version, dryRun }: ChangeEngineRequest,
): Promise<ChangedEngine> {
  const { store, signal, onEvent } = context;
  const lock = { create: false, timeout: LOCK_TIME, signal };
  return store.withMachine(name, lock, async (folder) => {
    const record = await folder.read();
    if (record === undefined) throw new MachineError('not-found', `there is no machine ${name}`);
    const pin = version === '' ? record.engine.version : version === 'latest' ? undefined : version;
    const report = await withHost(context, { record, path: folder.path }, (host) =>
      upgradeEngine({
        machine: name,
        host,
        ...(pin === undefined ? {} : { version: pin }),
        dryRun,
        onEvent,
        signal,
      }),
    );
    if (!dryRun && pin !== record.engine.version) {
      await folder.write({ ...record, engine: withVersion(record.engine, pin) });
    }
    return { ...report, pin };
  });
}

function withVersion(engine: EngineOptions, version: string | undefined): EngineOptions {
  const { version: _, ...rest } = engine;
  return version === undefined ? rest : { ...rest, version };
}
