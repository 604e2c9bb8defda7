import { EngineError } from '../errors.ts';
import type { Executor } from './context.ts';
import { execInContainer } from './command.ts';

/** Runs a `post_start` or `pre_stop` hook inside a container and waits for its end. */
export const runHook: Executor<'run-hook'> = async (action, context) => {
  const { client, signal, project } = context;
  const { hook, service } = action;
  const container = context.resolve(action.container);
  const request = {
    container,
    hook,
    tty: project.services[service]?.tty === true,
    onLine: (text: string): void => {
      context.onHookLine?.({
        service,
        container: container.name,
        source: `${shortName(container.name, project.name)} ->`,
        text,
      });
    },
  };
  const { exitCode, tail } = await execInContainer(client, request, signal);
  if (exitCode === 0) return undefined;
  throw new EngineError(
    'condition-failed',
    `${service} hook exited with status ${exitCode}${tail === '' ? '' : `: ${tail}`}`,
    {
      resource: `container ${container.name}`,
      hint: `It is ${action.phase}[${action.index}] of service ${service}.`,
    },
  );
};

function shortName(name: string, project: string): string {
  return name.startsWith(`${project}-`) ? name.slice(project.length + 1) : name;
}
