import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { checkout } from './debian.ts';
import type { Action } from './scenario.ts';
import { dockerHost } from './test-engine.ts';

/** Runs tcompose with nobody there to read its standard output, as in front of `head` that has ended. */
export function unread(...args: readonly string[]): Action {
  return async (scene) => {
    const child = spawn(join(checkout, 'bin/tcompose'), args, {
      cwd: scene.folder,
      env: { PATH: process.env['PATH'], HOME: process.env['HOME'], DOCKER_HOST: dockerHost },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    child.stdout.destroy();
    let stderr = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    const code = await new Promise<number>((resolve, reject) => {
      child.on('error', reject).on('close', (exit) => {
        resolve(exit ?? -1);
      });
    });
    return { argv: ['tcompose', ...args], code, stdout: '', stderr };
  };
}
