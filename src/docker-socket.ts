import { readFileSync } from 'node:fs';
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
    const closed = (): void => {
      if (seen !== 'nothing') return;
      seen = 'close';
      interrupts.deliver('SIGTERM');
    };
    socket.on('error', () => followListener(address, closed));
    socket.on('connect', () => {
      socket.resume();
      socket.on('close', closed);
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

/** Milliseconds between looks at the list of sockets. */
const LOOK = 250;

/**
 * Calls `gone` when nobody listens on an abstract socket any more. Node 20 cannot connect to those of
 * other programs, because it pads their names; the kernel's list of sockets tells as well.
 */
export function followListener(address: string, gone: () => void): void {
  if (!isListening(address)) return;
  const timer = setInterval(() => {
    if (isListening(address)) return;
    clearInterval(timer);
    gone();
  }, LOOK);
  timer.unref();
}

function isListening(address: string): boolean {
  try {
    const sockets = readFileSync('/proc/net/unix', 'latin1').split('\n');
    return sockets.some((line) => line.endsWith(` ${address}`));
  } catch {
    return false;
  }
}
