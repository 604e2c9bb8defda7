import { spawn } from 'node:child_process';
import { EngineError } from '../errors.ts';
import { findProgram } from '../executable.ts';
import type { RegistryConfig, RunHelper } from './registry-auth.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** Runs credential helpers from PATH of `env`; an abort ends them. */
export function helperRunner(env: Environment, signal: AbortSignal): RunHelper {
  return (program, args, input) =>
    new Promise((resolve, reject) => {
      const child = spawn(program, args, { env, signal, stdio: ['pipe', 'pipe', 'inherit'] });
      const chunks: Buffer[] = [];
      child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
      child.on('error', (cause) => {
        const details = {
          hint: `The docker configuration names it in credsStore or credHelpers: install ${program}, or remove it there and log in again.`,
          cause,
        };
        const message = `error getting credentials: cannot run ${program}`;
        reject(signal.aborted ? cause : new EngineError('unauthorized', message, details));
      });
      child.on('close', (code) => {
        resolve({ code: code ?? 1, stdout: Buffer.concat(chunks).toString('utf8') });
      });
      // A helper may answer without reading.
      child.stdin.on('error', () => undefined);
      child.stdin.end(input);
    });
}

/**
 * The configuration with the credential helper of the platform, if it is installed and the
 * configuration says nothing about credentials.
 */
export function withDefaultStore<T extends RegistryConfig>(
  config: T,
  env: Environment,
  platform: NodeJS.Platform,
): T {
  const { auths = {}, credHelpers = {}, credsStore = '' } = config;
  const said = Object.keys(auths).length + Object.keys(credHelpers).length > 0;
  if (said || credsStore !== '') return config;
  const store = platformStore(env, platform);
  const found = store !== undefined && isOnPath(`docker-credential-${store}`, env);
  return found ? { ...config, credsStore: store } : config;
}

function platformStore(env: Environment, platform: NodeJS.Platform): string | undefined {
  switch (platform) {
    case 'darwin':
      return 'osxkeychain';
    case 'win32':
      return 'wincred';
    case 'linux':
      return isOnPath('pass', env) ? 'pass' : 'secretservice';
    default:
      return undefined;
  }
}

function isOnPath(program: string, env: Environment): boolean {
  return findProgram(program, { path: env['PATH'], cwd: '.' }) !== undefined;
}
