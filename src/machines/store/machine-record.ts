import { isAbsolute, join } from 'node:path';
import type { ProviderSettings } from '../../providers/provider.ts';

/** Version of the store's files; a newer one is refused, older ones are migrated when they are read. */
export const STORE_VERSION = 1;

/** How the Docker Engine of a machine is to be; flags of `machine create` with the names of docker-machine. */
export interface EngineOptions {
  /** `docker.io` of the distribution, Docker's own repository, or nothing: an engine that is there is taken as it is. */
  readonly source: 'auto' | 'distribution' | 'docker' | 'none';
  /** Version of the package, as `28.5` or `5:28.5.1-1~debian.12~bookworm`. */
  readonly version?: string;
  /** `--engine-install-url`: a script, as docker-machine had it. */
  readonly installUrl?: string;
  readonly labels: readonly string[];
  /** `KEY=VALUE` of `--engine-opt`: keys of daemon.json. */
  readonly options: readonly string[];
  readonly insecureRegistries: readonly string[];
  readonly registryMirrors: readonly string[];
  /** Only for an engine that is newly installed. */
  readonly storageDriver?: string;
  /** `NAME=VALUE` for the daemon's environment. */
  readonly env: readonly string[];
  /** Expose the engine on this port with TLS; absent: SSH only. */
  readonly tlsPort?: number;
  readonly tlsSans: readonly string[];
}

/** Where a machine is in its life; `creating` and `removing` outlive a crash. */
export type MachinePhase = 'creating' | 'ready' | 'failed' | 'removing';

/** One machine, as `machines/NAME/machine.json` has it. No secrets; paths are relative to its folder. */
export interface MachineRecord {
  readonly version: typeof STORE_VERSION;
  readonly name: string;
  readonly provider: string;
  readonly settings: ProviderSettings;
  readonly phase: MachinePhase;
  /** Step that failed or was interrupted: `wait for SSH`. */
  readonly step?: string;
  readonly instanceId?: string;
  /** Last known; the provider is asked where it may have changed. */
  readonly address?: string;
  readonly ssh: {
    readonly user: string;
    readonly port: number;
    /** `id_ed25519` in the machine's folder, or an absolute path of the user's. Absent: agent and ssh_config. */
    readonly key?: string;
    /** Name under which `known_hosts` in its folder has its host key; absent: its address. */
    readonly hostKeyAlias?: string;
  };
  readonly engine: EngineOptions;
  /** Idempotency token of its creation. */
  readonly token: string;
  /** ISO 8601. */
  readonly createdAt: string;
  /** Version of tcompose that made it. */
  readonly madeBy: string;
  /** Id of the store in whose name its resources are tagged; absent: this one. */
  readonly taggedBy?: string;
  /** Name of the `machines.yaml` that it belongs to; absent: made by hand. */
  readonly group?: string;
}

/**
 * Absolute path of the private key that lets us into a machine, by its record and its folder; undefined: it is one of
 * those that agent and ssh_config offer.
 */
export function privateKeyPath(
  { key }: Pick<MachineRecord['ssh'], 'key'>,
  folder: string,
): string | undefined {
  return key === undefined || isAbsolute(key) ? key : join(folder, key);
}

/** A line of a machine's journal, written and synced before what it announces. */
export type JournalLine =
  | { readonly at: string; readonly event: 'step'; readonly step: string }
  | { readonly at: string; readonly event: 'step-done'; readonly step: string }
  | {
      readonly at: string;
      readonly event: 'intend';
      readonly kind: string;
      readonly token: string;
      readonly details?: Readonly<Record<string, string>>;
    }
  | {
      readonly at: string;
      readonly event: 'made';
      readonly kind: string;
      readonly token?: string;
      readonly id: string;
      readonly region?: string;
    }
  | { readonly at: string; readonly event: 'removed'; readonly kind: string; readonly id: string };

/** What may be left at a provider of a machine that was removed by force; kept for `machine gc`. */
export interface Leftover {
  readonly machine: string;
  readonly provider: string;
  readonly settings: ProviderSettings;
  /** Id of the store in whose name it is tagged. */
  readonly taggedBy: string;
  readonly resources: readonly {
    readonly kind: string;
    /** Absent: it was intended, and nobody knows whether it was made. */
    readonly id?: string;
    readonly token?: string;
    readonly region?: string;
  }[];
  /** ISO 8601. */
  readonly at: string;
}
