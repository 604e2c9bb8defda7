import type { SshHost } from '../ssh/ssh-host.ts';
import type { EngineOptions } from '../store/machine-record.ts';
import type { OnMachineEvent } from '../machine-event.ts';

/** What an engine needs to listen with TLS: texts in PEM. */
export interface ServerTls {
  readonly ca: string;
  readonly certificate: string;
  readonly key: string;
}

/** What makes a host ready for containers. */
export interface ProvisionRequest {
  readonly machine: string;
  /** Label `provider=…` of the engine, as docker-machine set it. */
  readonly provider: string;
  readonly host: SshHost;
  readonly engine: EngineOptions;
  /** Host name to give the host; absent: it keeps its own (hosts that exist already). */
  readonly hostname?: string;
  /** False: an engine that is there already is left as it is, whatever `engine` says, and differences are told. */
  readonly configure: boolean;
  /** Nothing but the port of the engine and its certificates is the matter; the rest stays as it is. */
  readonly only?: 'exposure';
  /** True: a port that docker-machine has opened is closed, and the options of its drop-in move into daemon.json. */
  readonly close?: boolean;
  /** Certificates are made anew: only the engine's, or the authority and both. */
  readonly renew?: 'server' | 'all';
  /** True: an engine that is there gets the version that `engine` names; else it is told which it has. */
  readonly changeVersion?: boolean;
  /** True: only the next steps are looked up, as far as they are known before the first one is done. */
  readonly dryRun?: boolean;
  /** Certificates for the engine; needed where `engine.tlsPort` is set. */
  readonly tls?: ServerTls;
  /** Fingerprints of keys that packages of Docker's repository may be signed with; absent: Docker's own. */
  readonly dockerKeys?: readonly string[];
  /** Milliseconds for another program that holds a lock; absent: five minutes. */
  readonly lockPatience?: number;
  readonly onEvent: OnMachineEvent;
  readonly signal: AbortSignal;
}

/** Something that would be done. */
export interface PlannedStep {
  readonly title: string;
  /** What would change, line by line. */
  readonly details: readonly string[];
}

export interface ProvisionReport {
  /** Commands that changed something; none when everything was as it should be. */
  readonly changes: readonly string[];
  /** `28.5.2` */
  readonly engineVersion: string;
  /** `debian 12` */
  readonly system: string;
  /** What would have been changed but was left alone, as lines for people. */
  readonly left: readonly string[];
  /** What would be done; only with `dryRun`. */
  readonly planned?: readonly PlannedStep[];
  /** What the user should know. */
  readonly notes?: readonly string[];
}

/** Makes a host ready, or throws a MachineError `provision` with the step and the last lines of what it printed. */
export type ProvisionHost = (request: ProvisionRequest) => Promise<ProvisionReport>;
