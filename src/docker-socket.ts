import { connect } from 'node:net';
import type { Interrupts } from './app/interrupts.ts';

/** Closes like a signal: what the docker command does when it is told to end. */
interface DockerSocket {
  /** Passes on a signal that this process got itself. */
  deliver(signalName: string): void;
}

/**
 * The docker command does not forward signals to its plugins: it closes a socket. Where a terminal
 * signals both processes, the two notices of one Ctrl-C are taken for one, whichever comes first.
 */
export function followDocker(address: string | undefined, interrupts: Interrupts): DockerSocket {
  let seen: 'nothing' | 'close' | 'signal' = 'nothing';
  if (address !== undefined && address !== '') {
    // `@name` is how Go writes an abstract socket.
    const socket = connect(address.replace(/^@/, '\0'));
    socket.unref();
    socket.on('error', () => undefined);
    socket.on('connect', () => {
      socket.resume();
      socket.on('close', () => {
        if (seen !== 'nothing') return;
        seen = 'close';
        interrupts.deliver('SIGTERM');
      });
    });
  }
  return {
    deliver: (signalName) => {
      const told = seen === 'close';
      seen = 'signal';
      if (!told) interrupts.deliver(signalName);
    },
  };
}
