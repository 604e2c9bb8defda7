/** A way to an engine that can be closed, as if the engine had died. */
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface Gate extends AsyncDisposable {
  /** Socket path of the gate. */
  readonly socket: string;
  /** Cuts all connections; new ones are refused. */
  close(): void;
}

/** Opens a gate to the engine behind a socket. */
export async function openGate(engineSocket: string): Promise<Gate> {
  const folder = mkdtempSync(join(tmpdir(), 'tcompose-gate-'));
  const socket = join(folder, 'docker.sock');
  const open = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true }, (client) => {
    const engine = connect({ path: engineSocket, allowHalfOpen: true });
    for (const [from, to] of [
      [client, engine],
      [engine, client],
    ] as const) {
      open.add(from);
      from.on('error', () => to.destroy());
      from.on('close', () => open.delete(from));
      from.pipe(to);
    }
  });
  await new Promise<void>((resolve) => server.listen(socket, resolve));
  const close = (): void => {
    server.close();
    for (const each of open) each.destroy();
  };
  return {
    socket,
    close,
    [Symbol.asyncDispose]: async () => {
      close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
