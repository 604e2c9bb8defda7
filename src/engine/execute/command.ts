import type { Hook } from '../../compose/model.ts';
import type { EngineClient } from '../client.ts';
import { environmentList } from '../container-config.ts';
import { awaitExecExit, createExec, startExec } from '../interactive/exec.ts';
import type { PeerContainer } from '../service-references.ts';
import { readHookOutput } from './hook-output.ts';

export interface CommandRun {
  readonly container: PeerContainer;
  readonly hook: Hook;
  readonly tty: boolean;
  readonly onLine: (line: string) => void;
}

export interface CommandEnd {
  readonly exitCode: number;
  /** The end of what it wrote to standard error, or of all when that is nothing. */
  readonly tail: string;
}

/** Runs a command inside a running container and waits for its end; an abort leaves it alone. */
export async function execInContainer(
  client: EngineClient,
  { container, hook, tty, onLine }: CommandRun,
  signal: AbortSignal,
): Promise<CommandEnd> {
  const exec = await createExec(
    client,
    container,
    {
      command: hook.command ?? [],
      env: environmentList(hook.environment ?? {}),
      privileged: hook.privileged === true,
      tty,
      attach: true,
      ...(hook.user === undefined ? {} : { user: hook.user }),
      ...(hook.working_dir === undefined ? {} : { workdir: hook.working_dir }),
    },
    signal,
  );
  const stream = await startExec(client, exec, signal);
  const abort = (): void => {
    stream.destroy();
  };
  signal.addEventListener('abort', abort, { once: true });
  try {
    const tail = await readHookOutput(stream, { tty, onLine });
    return { exitCode: await awaitExecExit(client, exec, signal), tail };
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  } finally {
    signal.removeEventListener('abort', abort);
    stream.destroy();
  }
}
