import type { MachineContext } from '../machine-context.ts';
import type { SshStreams } from '../ssh/ssh-host.ts';
import type { MachineRecord } from '../store/machine-record.ts';

/** A machine by its record, and the absolute path of its folder. */
interface Recorded {
  readonly record: MachineRecord;
  readonly path: string;
}

/** Runs work with the host of a machine, and closes it. The first call of the work opens the connection. */
export async function withHost<T>(
  context: Pick<MachineContext, 'openHost'>,
  { record, path }: Recorded,
  work: (host: SshStreams) => Promise<T>,
): Promise<T> {
  const host = context.openHost(record, path);
  try {
    return await work(host);
  } finally {
    host.close();
  }
}
