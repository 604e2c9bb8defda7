/** Commands that run until they are interrupted, and what happens meanwhile. */
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Finished } from './command.ts';
import {
  commandEnvironment,
  containersByName,
  programUnderTest,
  type Action,
  type Check,
  type Scene,
} from './scenario.ts';

/** A command that runs. */
export interface Background {
  /** Resolves when the text has been written to either stream after what was waited for before. */
  until(text: string): Promise<void>;
  /** Resolves when it has ended. */
  end(): Promise<void>;
  /** Presses keys. */
  type(keys: string): void;
}

/** Something that is done or waited for while a command runs. */
export type Act = (scene: Omit<Scene, 'result' | 'before'>, running: Background) => Promise<void>;

/** Milliseconds that a text may take. */
const patience = 60_000;

/** Runs tcompose, does one thing after the other meanwhile, and interrupts it. */
export function meanwhile(args: readonly string[], ...acts: readonly Act[]): Action {
  const interrupt = (child: ChildProcess): void => void child.kill('SIGINT');
  return background({ program: programUnderTest, args, interrupt }, acts);
}

/** As `meanwhile`, on a terminal: output is what it shows, and the interrupt is Ctrl-C. */
export function onTerminal(args: readonly string[], ...acts: readonly Act[]): Action {
  const words = [programUnderTest, ...args].map((word) => `'${word}'`);
  const interrupt = (child: ChildProcess): void => {
    if (child.exitCode === null) child.stdin?.write('\u0003');
  };
  const command = { program: 'script', args: ['-qec', words.join(' '), '/dev/null'], interrupt };
  return background(command, acts);
}

interface BackgroundCommand {
  readonly program: string;
  readonly args: readonly string[];
  readonly interrupt: (child: ChildProcess) => void;
}

function background({ program, args, interrupt }: BackgroundCommand, acts: readonly Act[]): Action {
  return async (scene) => {
    const child = spawn(program, args, {
      cwd: scene.folder,
      env: { ...commandEnvironment(), TERM: 'xterm' },
      stdio: 'pipe',
    });
    child.stdin.on('error', () => undefined);
    let stdout = '';
    let stderr = '';
    let told = Promise.withResolvers<void>();
    const ended = new Promise<number>((resolve) => {
      child.on('close', (code) => {
        resolve(code ?? -1);
        told.resolve();
      });
    });
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
      told.resolve();
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
      told.resolve();
    });
    const read = { stdout: 0, stderr: 0 };
    const until = async (text: string): Promise<void> => {
      const deadline = AbortSignal.timeout(patience);
      deadline.addEventListener('abort', () => {
        told.resolve();
      });
      for (;;) {
        const out = stdout.indexOf(text, read.stdout);
        const err = stderr.indexOf(text, read.stderr);
        if (out >= 0) read.stdout = out + text.length;
        if (err >= 0) read.stderr = err + text.length;
        if (out >= 0 || err >= 0) return;
        if (child.exitCode !== null || deadline.aborted) {
          throw new Error(`${text} was not written\nstdout:\n${stdout}\nstderr:\n${stderr}`);
        }
        await told.promise;
        told = Promise.withResolvers();
      }
    };
    try {
      const type = (keys: string): void => void child.stdin.write(keys);
      for (const act of acts)
        await act(scene, { until, type, end: () => ended.then(() => undefined) });
    } finally {
      interrupt(child);
      await ended;
    }
    const finished: Finished = {
      argv: [program, ...args],
      code: await ended,
      stdout,
      stderr,
    };
    return finished;
  };
}

/** Waits until the command has written a text. */
export function says(text: string): Act {
  return (_scene, running) => running.until(text);
}

/** Presses keys on the command's terminal. */
export function types(keys: string): Act {
  return (_scene, running) => {
    running.type(keys);
    return Promise.resolve();
  };
}

/** Waits until the command has ended by itself. */
export function ends(): Act {
  return (_scene, running) => running.end();
}

/** Writes files of the scenario. */
export function writes(files: Readonly<Record<string, string>>): Act {
  return ({ folder }) => {
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, name), text);
    }
    return Promise.resolve();
  };
}

/** Removes a file or directory of the scenario. */
export function removes(name: string): Act {
  return ({ folder }) => {
    rmSync(join(folder, name), { recursive: true });
    return Promise.resolve();
  };
}

/** Runs another command to its end. */
export function runs(action: Action, ...checks: readonly Check[]): Act {
  return async (scene) => {
    const before = await containersByName(scene.api, scene.project);
    const result = await action(scene);
    await verify({ ...scene, before, result }, checks);
  };
}

/** Facts that hold now; wrap those that come about later in `eventually`. */
export function holds(...checks: readonly Check[]): Act {
  return async (scene) => {
    const result = { argv: [], code: 0, stdout: '', stderr: '' };
    await verify({ ...scene, before: new Map(), result }, checks);
  };
}

async function verify(scene: Scene, checks: readonly Check[]): Promise<void> {
  for (const check of checks) {
    const instead = await check.verify(scene);
    if (instead !== undefined) throw new Error(`expected: ${check.title}\nbut: ${instead}`);
  }
}
