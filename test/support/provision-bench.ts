/** Test hosts that are made ready, with what most tests do not care about left out. */
import { DEFAULT_ENGINE } from '../../src/machines/lifecycle/create-request.ts';
import { provisionHost } from '../../src/machines/provision/provision-host.ts';
import type { ProvisionReport, ProvisionRequest } from '../../src/machines/provision/provision.ts';
import {
  upgradeEngine,
  type UpgradeReport,
  type UpgradeRequest,
} from '../../src/machines/provision/upgrade.ts';
import type { SshHost } from '../../src/machines/ssh/ssh-host.ts';
import type { EngineOptions } from '../../src/machines/store/machine-record.ts';

const common = (host: SshHost) => ({
  machine: 'm',
  host,
  onEvent: () => undefined,
  signal: new AbortController().signal,
});

/** Makes a host ready, also one that has an engine: `engine` is what was asked for besides the defaults. */
export function provision(
  host: SshHost,
  engine: Partial<EngineOptions> = {},
  rest: Partial<ProvisionRequest> = {},
): Promise<ProvisionReport> {
  return provisionHost({
    ...common(host),
    provider: 'generic',
    engine: { ...DEFAULT_ENGINE, ...engine },
    configure: true,
    ...rest,
  });
}

/** Brings the engine of a host to another version; without one, to the newest. */
export function upgrade(
  host: SshHost,
  wish: Pick<UpgradeRequest, 'version' | 'dryRun'> = {},
): Promise<UpgradeReport> {
  return upgradeEngine({ ...common(host), ...wish });
}
