import { MachineError } from '../machine-error.ts';
import type { SshTarget } from './ssh-host.ts';

const REASONS: Readonly<Record<string, { readonly text: string; readonly hint: string }>> = {
  ECONNREFUSED: {
    text: 'nothing listens there (connection refused)',
    hint: 'Check the port, and that sshd runs on the host: "systemctl status ssh".',
  },
  ENOTFOUND: { text: 'there is no such name', hint: 'Check how the host is spelt.' },
  EAI_AGAIN: {
    text: 'its name could not be looked up',
    hint: 'Check the network of this computer: names cannot be resolved at the moment.',
  },
  EHOSTUNREACH: {
    text: 'no way leads there (no route to host)',
    hint: 'Check that the host is up and that this computer is in the right network or VPN.',
  },
  ENETUNREACH: {
    text: 'no way leads there (network is unreachable)',
    hint: 'Check the network of this computer.',
  },
  ETIMEDOUT: {
    text: 'it does not answer',
    hint: 'Check that the host is up and that its firewall lets this computer in.',
  },
};

/** The failure of a connection that did not come about, in words. */
export function unreachable(target: SshTarget, error: unknown, took: number): MachineError {
  const {
    code = '',
    message,
    errors,
  } = error as NodeJS.ErrnoException & {
    errors?: NodeJS.ErrnoException[];
  };
  const first = errors?.[0]?.code;
  const reason = REASONS[code] ?? REASONS[first ?? ''];
  return new MachineError(
    'unreachable',
    `cannot reach ${target.title} (${place(target)}): ${reason?.text ?? message} (tried for ${seconds(took)})`,
    {
      host: target.title,
      step: 'connect',
      cause: error,
      ...(reason === undefined ? {} : { hint: reason.hint }),
    },
  );
}

/** The failure of a server that did not do something in time. */
export function timedOut(target: SshTarget, what: string, after: number): MachineError {
  return new MachineError(
    'unreachable',
    `cannot reach ${target.title} (${place(target)}): it ${what} (waited ${seconds(after)})`,
    {
      host: target.title,
      step: 'connect',
      hint: 'Check that the host is up and that its firewall lets this computer in.',
    },
  );
}

/** Address and port of a host. */
export function place({ address, port }: SshTarget): string {
  return `${address.includes(':') ? `[${address}]` : address}:${port}`;
}

/** `1.5 s` */
export function seconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(1)} s`;
}
