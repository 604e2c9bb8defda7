import type { Clock } from '../foundation/clock.ts';
import type { Provider, ProviderContext } from '../providers/provider.ts';
import type { OnMachineEvent } from './machine-event.ts';
import type { ProvisionHost } from './provision/provision.ts';
import type { SshStreams } from './ssh/ssh-host.ts';
import type { MachineRecord } from './store/machine-record.ts';
import type { MachineStore } from './store/machine-store.ts';

/** What everything that is done to machines works with; tests give other parts. */
export interface MachineContext {
  readonly store: MachineStore;
  /** Throws a MachineError `invalid`, with what may have been meant, for an unknown name. */
  readonly provider: (name: string) => Promise<Provider>;
  readonly providerContext: ProviderContext;
  /**
   * A host by its record; `folder` is where its key and `known_hosts` lie, to which the host key is added that is
   * met first. Opens no connection yet.
   */
  readonly openHost: (record: MachineRecord, folder: string) => SshStreams;
  readonly provision: ProvisionHost;
  readonly onEvent: OnMachineEvent;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Version of tcompose. */
  readonly version: string;
}
