import { spawn } from 'node:child_process';
import { EngineError } from '../errors.ts';
import type { RunHelper } from './registry-auth.ts';

/** Runs credential helpers from PATH of `env`. */
export function helperRunner(env: Readonly<Record<string, string | undefined>>): RunHelper {
  return (program, args, input) =>
    new Promise((resolve, reject) => {
      const child = spawn(program, args, { env, stdio: ['pipe', 'pipe', 'inherit'] });
      const chunks: Buffer[] = [];
      child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
      child.on('error', (cause) => {
        const details = {
          hint: `The docker configuration names it in credsStore or credHelpers: install ${program}, or remove it there and log in again.`,
          cause,
        };
        reject(
          new EngineError(
            'unauthorized',
            `error getting credentials: cannot run ${program}`,
            details,
          ),
        );
      });
      child.on('close', (code) => {
        resolve({ code: code ?? 1, stdout: Buffer.concat(chunks).toString('utf8') });
      });
      // A helper may answer without reading.
      child.stdin.on('error', () => undefined);
      child.stdin.end(input);
    });
}
