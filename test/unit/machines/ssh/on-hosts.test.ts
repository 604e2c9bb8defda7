/** What is done on hosts by commands of theirs; this computer plays the host. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { EngineStreams } from '../../../../src/machines/ssh/engine-streams.ts';
import type { RunOptions, RunResult, SshStreams } from '../../../../src/machines/ssh/ssh-host.ts';

const { signal } = new AbortController();
/** How much of an output is kept. */
const KEPT = 2000;
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tcompose-on-host-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
});

interface Played {
  readonly path?: string;
  readonly before?: (argv: readonly string[]) => void;
}

function thisHost({ path = process.env['PATH'] ?? '', before }: Played = {}): SshStreams {
  const runHere = async (argv: readonly string[], options: RunOptions): Promise<RunResult> => {
    before?.(argv);
    const [program = '', ...args] = argv;
    const child = spawn(program === 'sh' ? '/bin/sh' : program, args, { env: { PATH: path } });
    const { input } = options;
    const failed = Promise.withResolvers<never>();
    child.stdin.on('error', () => undefined);
    if (input instanceof Readable) input.on('error', failed.reject).pipe(child.stdin);
    else child.stdin.end(input);
    let stdout = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    const [code] = (await Promise.race([once(child, 'close'), failed.promise])) as [number];
    return { code, stdout: stdout.slice(-KEPT), stderr: '' };
  };
  return {
    target: { title: 'web', user: 'bob' },
    run: runHere,
    readFile: (file: string) => Promise.resolve(readFileSync(file)),
    writeFile: (file: string, content: string) => Promise.resolve(writeFileSync(file, content)),
    forward: () => Promise.reject(new Error('(SSH) Channel open failure: open failed')),
    close: () => undefined,
  } as unknown as SshStreams;
}

describe('an engine that cannot be reached', () => {
  it('because sshd forwards nothing is told apart from one that does not run', async () => {
    const bin = join(folder, 'bin');
    mkdirSync(bin);
    const socket = join(folder, 'docker.sock');
    writeFileSync(socket, '');
    const streams = new EngineStreams(() => thisHost({ path: bin }), socket, signal);
    const program = (name: string, text: string): void => {
      writeFileSync(join(bin, name), `#!/bin/sh\n${text}\n`);
      chmodSync(join(bin, name), 0o755);
    };
    program('id', 'echo bob');
    program('pgrep', 'exit 1');
    program('dockerd', '');
    await expect(streams.open()).rejects.toThrow('the Docker Engine of web does not run');
    program('pgrep', 'exit 0');
    await expect(streams.open()).rejects.toThrow(
      `the sshd of web forwards no connections to ${socket}`,
    );
  });
});
