import { environmentList } from '../container-config.ts';
import { EngineError } from '../errors.ts';
import { awaitExecExit, createExec, startExec } from '../interactive/exec.ts';
import type { Executor } from './context.ts';
import { readHookOutput } from './hook-output.ts';

/** Runs a `post_start` or `pre_stop` hook inside a container and waits for its end. */
export const runHook: Executor<'run-hook'> = async (action, context) => {
  const { client, signal, project } = context;
  const { hook, service } = action;
  const container = context.resolve(action.container);
  const tty = project.services[service]?.tty === true;
  const resource = `container ${container.name}`;
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
    const exitCode = await awaitExecExit(client, exec, signal);
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
