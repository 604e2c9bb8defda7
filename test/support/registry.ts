/** A registry that an engine reaches as `127.0.0.1:PORT`, which engines trust without TLS. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

export interface TestRegistry extends AsyncDisposable {
  /** `127.0.0.1:5000`, what image names begin with. */
  readonly address: string;
}

/**
 * Starts the registry of registry-server.ts in the engine's network; `enter` is the engine's. With
 * `login` it wants the user `bob` with the password `secret`.
 */
export async function startRegistry(
  enter: readonly string[],
  port: number,
  login?: 'login',
): Promise<TestRegistry> {
  const server = join(import.meta.dirname, 'registry-server.ts');
  const command = [...enter, process.execPath, server, String(port), ...(login ? [login] : [])];
  const [program, args] = [command[0] ?? '', command.slice(1)];
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(child, 'exit');
  await Promise.race([
    once(child.stdout, 'data'),
    ended.then(() => Promise.reject(new Error('the test registry did not start'))),
  ]);
  return {
    address: `127.0.0.1:${port}`,
    [Symbol.asyncDispose]: async () => {
      child.kill('SIGKILL');
      await ended;
    },
  };
}
