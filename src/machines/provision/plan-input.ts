import type { EngineOptions } from '../store/machine-record.ts';
import type { HostFacts } from './facts.ts';
import type { ServerTls } from './provision.ts';

/** What a plan for a host depends on. */
export interface PlanInput {
  readonly facts: HostFacts;
  readonly engine: EngineOptions;
  readonly provider: string;
  readonly hostname?: string;
  readonly configure: boolean;
  /** Nothing but the port of the engine and its certificates is the matter; the rest stays as it is. */
  readonly only?: 'exposure';
  /** A port that docker-machine has opened is closed, and its options move into daemon.json. */
  readonly close?: boolean;
  readonly tls?: ServerTls;
  /** Fingerprints of keys that packages of Docker's repository may be signed with; absent: Docker's own. */
  readonly dockerKeys?: readonly string[];
  /** Time for names of backups: `20261126T100500Z`. */
  readonly now: string;
}
