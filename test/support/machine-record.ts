/** Records of machines for tests. */
import { DEFAULT_ENGINE } from '../../src/machines/lifecycle/create-request.ts';
import type { MachineRecord } from '../../src/machines/store/machine-record.ts';

/** A server that is there already, machine `web`, ready; unless changed. */
export function machineRecord(changes: Partial<MachineRecord> = {}): MachineRecord {
  return {
    version: 1,
    name: 'web',
    provider: 'generic',
    settings: {},
    phase: 'ready',
    ssh: { user: 'root', port: 22 },
    engine: DEFAULT_ENGINE,
    token: 't',
    createdAt: '2026-11-26T10:00:00.000Z',
    madeBy: '0.1.0',
    ...changes,
  };
}
