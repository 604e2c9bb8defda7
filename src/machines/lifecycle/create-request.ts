import type { ProviderSettings } from '../../providers/provider.ts';
import type { EngineOptions, MachineRecord } from '../store/machine-record.ts';
import type { ProvisionReport } from '../provision/provision.ts';

/** What becomes of what was made when a create does not come to its end. */
export type Unfinished = 'keep' | 'rollback';

/** Milliseconds that parts of a create may take. */
export interface CreateTimeouts {
  /** For another process that works on the machine. */
  readonly lock: number;
  readonly ssh: number;
  readonly cloudInit: number;
}

export interface CreateMachineRequest {
  readonly name: string;
  readonly provider: string;
  readonly settings: ProviderSettings;
  readonly engine: EngineOptions;
  /** What is done to a host that exists already; machines that are made are always configured. */
  readonly configure: boolean;
  /** Removes what an earlier create with other settings has made, and begins anew. */
  readonly force: boolean;
  readonly onFailure: Unfinished;
  readonly onInterrupt: Unfinished;
  /** Name of the `machines.yaml` that it belongs to. */
  readonly group?: string;
  readonly timeouts?: Partial<CreateTimeouts>;
}

export interface CreatedMachine {
  readonly record: MachineRecord;
  /** Absolute path of its folder. */
  readonly folder: string;
  /** Absent where there is nothing to set up (`none`). */
  readonly report?: ProvisionReport;
  /** True: an earlier create was continued. */
  readonly resumed: boolean;
}

/** Port on which engines listen with TLS where no other is named, as docker-machine's did. */
export const ENGINE_PORT = 2376;

/** An engine about which nothing was said. */
export const DEFAULT_ENGINE: EngineOptions = {
  source: 'auto',
  labels: [],
  options: [],
  insecureRegistries: [],
  registryMirrors: [],
  env: [],
  tlsSans: [],
};
