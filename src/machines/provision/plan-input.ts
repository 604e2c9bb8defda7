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
  readonly tls?: ServerTls;
  /** Time for names of backups: `20261126T100500Z`. */
  readonly now: string;
}
