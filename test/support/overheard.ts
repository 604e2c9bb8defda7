import { mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Action, withEnv } from './scenario.ts';
import { engineSocket } from './test-engine.ts';

/**
 * Runs tcompose and, as soon as it has asked the engine for something that matches, does something else
 * besides: for commands that wait for what happens meanwhile.
 */
export function onceAsked(request: RegExp, meanwhile: Action, ...args: readonly string[]): Action {
  return async (scene) => {
    const folder = mkdtempSync(join(tmpdir(), 'tcompose-overheard-'));
    const socket = join(folder, 'engine.sock');
    let besides: Promise<unknown> | undefined;
    const server = createServer((client) => {
      const engine = connect(engineSocket);
      const close = (): void => {
        client.destroy();
        engine.destroy();
      };
      client.on('error', close).on('close', close);
      engine.on('error', close).on('close', close);
      engine.pipe(client);
      client.on('data', (chunk: Buffer) => {
        engine.write(chunk);
        if (request.test(chunk.toString('latin1'))) besides ??= meanwhile(scene);
      });
    });
    try {
      await new Promise<void>((resolve) => server.listen(socket, resolve));
      const result = await withEnv({ DOCKER_HOST: `unix://${socket}` }, ...args)(scene);
      await besides;
      return result;
    } finally {
      server.close();
      rmSync(folder, { recursive: true, force: true });
    }
  };
}
