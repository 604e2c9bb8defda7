import { join } from 'node:path';
import { systemClock } from '../../foundation/clock.ts';
import { machineCertificates } from '../../machines/provision/certificates.ts';
import { provisionHost } from '../../machines/provision/provision-host.ts';
import type { ProvisionHost } from '../../machines/provision/provision.ts';
import { folderFiles } from './folder-files.ts';

/**
 * Sets a host up, with the certificates that are in its machine's folder where its engine listens with TLS; what is
 * missing of them, ends soon, is for another address or is to be renewed is made. It comes into the folder once the
 * engine has it: until then what is there leads to an engine that knows it, also when this fails or is interrupted.
 *
 * @param store absolute path of the store
 */
export function provisionWithCertificates(store: string): ProvisionHost {
  return async (request) => {
    const { engine, host, machine, renew } = request;
    if (engine.tlsPort === undefined || request.tls !== undefined) return provisionHost(request);
    const files = stagedFiles(folderFiles(join(store, 'machines', machine)));
    const { server } = await machineCertificates(files, {
      machine,
      names: [host.target.address, ...engine.tlsSans],
      now: systemClock.now(),
      ...(renew === undefined ? {} : { renew }),
    });
    const report = await provisionHost({ ...request, tls: server });
    // An engine that was left as it is has its own, and those who use it too.
    const taken = request.configure || report.changes.length > 0;
    if (taken && request.dryRun !== true) await files.commit();
    return report;
  };
}

type Files = ReturnType<typeof folderFiles>;

/** Files that are written when that is asked for; until then only whoever reads them here sees them. */
function stagedFiles(files: Files): Files & { readonly commit: () => Promise<void> } {
  const staged = new Map<string, string>();
  return {
    readFile: (name) => {
      const text = staged.get(name);
      return text === undefined ? files.readFile(name) : Promise.resolve(text);
    },
    writeFile: (name, text) => {
      staged.set(name, text);
      return Promise.resolve();
    },
    commit: async () => {
      for (const [name, text] of staged) await files.writeFile(name, text);
    },
  };
}
