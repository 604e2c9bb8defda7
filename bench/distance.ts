/** A way to a server as if it were far away: what is said arrives later, in both directions. */
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

export interface Distance {
  /** On 127.0.0.1. */
  readonly port: number;
  close(): void;
}

/** @param roundTrip milliseconds */
export async function distance(
  to: { readonly host: string; readonly port: number },
  roundTrip: number,
): Promise<Distance> {
  const open = new Set<Socket>();
  const server = createServer((near) => {
    const far = connect(to);
    for (const [from, into] of [
      [near, far],
      [far, near],
    ] as const) {
      open.add(from);
      from.setNoDelay(true).on('error', () => into.destroy());
      const later = (work: () => void): void => void setTimeout(work, roundTrip / 2);
      from.on('data', (part) => later(() => into.write(part)));
      from.on('end', () => later(() => into.end()));
      from.on('close', () => open.delete(from));
    }
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return {
    port: (server.address() as AddressInfo).port,
    close: () => {
      server.close();
      for (const socket of open) socket.destroy();
    },
  };
}
