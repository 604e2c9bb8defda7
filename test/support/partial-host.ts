/** Hosts in unit tests. */
import type { SshStreams, SshTarget } from '../../src/machines/ssh/ssh-host.ts';

/** A host of which only these parts are there: a test that uses another one fails. */
export function partialHost(
  parts: Partial<Omit<SshStreams, 'target'>>,
  target: Pick<SshTarget, 'title' | 'address' | 'port' | 'user'>,
): SshStreams {
  const unused = (): never => {
    throw new Error('not in this test');
  };
  return {
    target: {
      keyPaths: [],
      onlyTheseKeys: true,
      knownHosts: [],
      newHostKey: 'refuse',
      jumps: [],
      connectTimeout: 1000,
      ...target,
    },
    connect: () => Promise.resolve(),
    run: unused,
    shell: unused,
    writeFile: unused,
    readFile: unused,
    upload: unused,
    download: unused,
    forward: unused,
    stream: unused,
    close: () => undefined,
    ...parts,
  };
}
