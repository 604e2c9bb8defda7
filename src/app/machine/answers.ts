import { connect } from 'node:net';

/** Milliseconds in which a host that runs takes a connection, wherever on earth it is. */
const PATIENCE = 4000;

/** Whether anybody takes connections at an address: tells a host that is off from one that is only busy. */
export function answers(
  { address, port }: { readonly address: string; readonly port: number },
  signal: AbortSignal,
): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: address, port, signal });
    const settle = (answer: boolean): void => {
      socket.destroy();
      resolve(answer);
    };
    socket.setTimeout(PATIENCE, () => settle(false));
    socket.once('connect', () => settle(true));
    socket.once('error', () => settle(false));
  });
}
