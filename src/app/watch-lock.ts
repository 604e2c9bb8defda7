import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { messageOf } from '../engine/errors.ts';
import { makeFolders } from '../foundation/make-folders.ts';
import { CommandFailure } from './failure.ts';
import type { Session } from './session.ts';

/**
 * Makes sure that a project is watched once, by us or by Compose, whose file this is: two would copy
 * and rebuild against each other.
 *
 * @throws CommandFailure when another process watches the project
 */
export function lockWatch({ env, onExit }: Session, project: string): Disposable {
  const directory =
    env['XDG_RUNTIME_DIR'] ?? join(env['HOME'] ?? homedir(), '.docker/docker-compose');
  const path = join(directory, `${project}.pid`);
  const refuse = (reason: string, hint: string): never => {
    throw new CommandFailure(
      `cannot take exclusive lock for project ${JSON.stringify(project)}: ${reason}`,
      hint,
    );
  };
  try {
    if (env['XDG_RUNTIME_DIR'] === undefined) {
      makeFolders(directory, 0o700);
    }
    const holder = takeFile(path);
    if (holder !== undefined) {
      refuse(
        `process with PID ${holder} is still running`,
        `end the other "watch" first; if it is none, remove ${path}`,
      );
    }
  } catch (error) {
    if (error instanceof CommandFailure) throw error;
    refuse(messageOf(error), 'set XDG_RUNTIME_DIR to a directory that can be written to');
  }
  const release = (): void => {
    rmSync(path, { force: true });
  };
  const forget = onExit?.(release);
  return {
    [Symbol.dispose]: () => {
      forget?.();
      release();
    },
  };
}

/** Writes our process id unless a process that runs has written its own, which is returned then. */
function takeFile(path: string): number | undefined {
  for (;;) {
    try {
      writeFileSync(path, String(process.pid), { flag: 'wx' });
      return undefined;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    const holder = Number(readFileSync(path, 'utf8').trim());
    if (isRunning(holder)) return holder;
    rmSync(path, { force: true });
  }
}

function isRunning(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
