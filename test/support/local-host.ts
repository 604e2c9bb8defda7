/** This computer in place of a host: programs run here, for what has to be right about scripts and not about SSH. */
import { spawn } from 'node:child_process';
import { Readable } from 'node:stream';
import { MachineError } from '../../src/machines/machine-error.ts';
import type { RunOptions, RunResult, SshHost } from '../../src/machines/ssh/ssh-host.ts';
import { partialHost } from './partial-host.ts';

export interface LocalHostOptions {
  /** How many commands run before the connection is lost: in the middle of the next one. Default: it never is. */
  readonly commands?: number;
}

/** A host whose commands run on this computer. */
export function localHost({ commands = Infinity }: LocalHostOptions = {}): SshHost & {
  /** Commands that were run. */
  readonly count: () => number;
} {
  let count = 0;
  const host = partialHost(
    {
      run: async (argv, options) => {
        count += 1;
        if (count <= commands) return await runHere(argv, options, options.input);
        // Half of what was to be sent arrives, and nobody learns what came of it.
        await runHere(argv, options, await half(options.input));
        throw new MachineError('connection-lost', 'lost the connection to here');
      },
    },
    { title: 'here', address: '127.0.0.1', port: 22, user: 'root' },
  );
  return { ...host, count: () => count };
}

async function half(input: RunOptions['input']): Promise<Buffer> {
  const parts: Buffer[] = [];
  if (input instanceof Readable) for await (const part of input) parts.push(Buffer.from(part));
  else if (input !== undefined) parts.push(Buffer.from(input));
  const all = Buffer.concat(parts);
  return all.subarray(0, Math.floor(all.length / 2));
}

function runHere(
  [program = '', ...args]: readonly string[],
  { onOutput }: RunOptions,
  input: RunOptions['input'],
): Promise<RunResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: 'pipe' });
    const output = { stdout: '', stderr: '' };
    for (const name of ['stdout', 'stderr'] as const) {
      child[name].setEncoding('utf8').on('data', (text: string) => {
        output[name] += text;
        onOutput?.(text, name);
      });
    }
    child.stdin.on('error', () => undefined);
    child.on('error', reject);
    child.on('close', (code) => resolve({ code: code ?? 137, ...output }));
    if (input instanceof Readable) input.pipe(child.stdin);
    else child.stdin.end(input);
  });
}
