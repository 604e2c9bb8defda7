import type { CommandDefinition } from '../definition.ts';

/** Commands that go to machines over SSH. */
export const reachingCommands: readonly CommandDefinition[] = [
  {
    name: 'ssh',
    usage: 'machine ssh [MACHINE] [COMMAND] [ARGS...]',
    summary: 'Log into or run a command on a machine with SSH.',
    projectless: true,
    interspersed: false,
    flags: [],
    examples: ['machine ssh web', 'machine ssh web df -h', "machine ssh web 'exit 7'"],
    run: async (invocation) => (await import('../run/machine/ssh.ts')).run(invocation),
  },
  {
    name: 'scp',
    usage: 'machine scp [OPTIONS] MACHINE:SOURCE MACHINE:TARGET',
    summary: 'Copy files between machines',
    projectless: true,
    singleDash: true,
    flags: [
      {
        name: 'recursive',
        short: 'r',
        type: 'bool',
        summary: 'Copy files recursively (required to copy directories)',
      },
      {
        name: 'delta',
        short: 'd',
        type: 'bool',
        summary: 'Send only what differs (uses rsync, which both sides must have)',
      },
      { name: 'quiet', short: 'q', type: 'bool', summary: 'No progress' },
    ],
    examples: [
      'machine scp notes.txt web:/tmp',
      'machine scp -r web:/var/log/app .',
      'machine scp web:/etc/hosts db:/tmp/hosts',
    ],
    run: async (invocation) => (await import('../run/machine/scp.ts')).run(invocation),
  },
  {
    name: 'mount',
    usage: 'machine mount [OPTIONS] MACHINE:PATH [MOUNTPOINT]',
    summary: 'Mount or unmount a directory from a machine with SSHFS.',
    projectless: true,
    singleDash: true,
    flags: [{ name: 'unmount', short: 'u', type: 'bool', summary: 'Unmount instead of mount' }],
    run: async (invocation) => (await import('../run/machine/mount.ts')).run(invocation),
  },
];
