import { join } from 'node:path';
import { systemClock } from '../../foundation/clock.ts';
import { machineCertificates } from '../../machines/provision/certificates.ts';
import { provisionHost } from '../../machines/provision/provision-host.ts';
import type { ProvisionHost } from '../../machines/provision/provision.ts';
import { folderFiles } from './folder-files.ts';

/**
 * Sets a host up, with the certificates that are in its machine's folder where its engine listens with TLS; what is
 * missing of them, ends soon or is for another address is made.
 *
 * @param store absolute path of the store
 */
export function provisionWithCertificates(store: string): ProvisionHost {
  return async (request) => {
    const { engine, host, machine } = request;
    if (engine.tlsPort === undefined || request.tls !== undefined) return provisionHost(request);
    const files = folderFiles(join(store, 'machines', machine));
    const kept = { ...files, writeFile: () => Promise.resolve() };
    const { server } = await machineCertificates(request.dryRun === true ? kept : files, {
      machine,
      names: [host.target.address, ...engine.tlsSans],
      now: systemClock.now(),
    });
    return provisionHost({ ...request, tls: server });
  };
}
