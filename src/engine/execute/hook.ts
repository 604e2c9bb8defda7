import { environmentList } from '../container-config.ts';
import { EngineError } from '../errors.ts';
import type { Executor, StepContext } from './context.ts';
import { readHookOutput } from './hook-output.ts';

interface ExecState {
  readonly Running: boolean;
  readonly ExitCode: number | null;
}

/** Runs a `post_start` or `pre_stop` hook inside a container and waits for its end. */
export const runHook: Executor<'run-hook'> = async (action, context) => {
  const { client, signal, project } = context;
  const { hook, service } = action;
  const container = context.resolve(action.container);
  const tty = project.services[service]?.tty === true;
  const resource = `container ${container.name}`;
  const { Id: id } = await client.send<{ Id: string }>(
    {
      method: 'POST',
      path: `/containers/${container.id}/exec`,
      body: {
        Cmd: hook.command,
        User: hook.user,
        Privileged: hook.privileged === true,
        WorkingDir: hook.working_dir,
        Env: environmentList(hook.environment ?? {}),
        AttachStdout: true,
        AttachStderr: true,
        Tty: tty,
      },
      resource,
    },
    signal,
  );
  const stream = await client.hijack(
    { method: 'POST', path: `/exec/${id}/start`, body: { Detach: false, Tty: tty }, resource },
    signal,
  );
  const abort = (): void => {
    stream.destroy();
  };
  signal.addEventListener('abort', abort, { once: true });
  try {
    const tail = await readHookOutput(stream, {
      tty,
      onLine: (text) =>
        context.onHookLine?.({
          service,
          container: container.name,
          source: `${shortName(container.name, project.name)} ->`,
          text,
        }),
    });
    const exitCode = await exitCodeOf(id, context);
    if (exitCode !== 0) {
      throw new EngineError(
        'condition-failed',
        `${service} hook exited with status ${exitCode}${tail === '' ? '' : `: ${tail}`}`,
        { resource, hint: `It is ${action.phase}[${action.index}] of service ${service}.` },
      );
    }
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  } finally {
    signal.removeEventListener('abort', abort);
    stream.destroy();
  }
  return undefined;
};

function shortName(name: string, project: string): string {
  return name.startsWith(`${project}-`) ? name.slice(project.length + 1) : name;
}

/** The engine notes the exit a moment after the output has ended. */
async function exitCodeOf(id: string, { client, signal }: StepContext): Promise<number> {
  for (;;) {
    const state = await client.send<ExecState>({ method: 'GET', path: `/exec/${id}/json` }, signal);
    if (!state.Running && state.ExitCode !== null) return state.ExitCode;
  }
}
