import type { Engine } from '../engine/engine.ts';
import {
  awaitExecExit,
  createExec,
  execExitCode,
  startDetachedExec,
  startExec,
  type Exec,
} from '../engine/interactive/exec.ts';
import { resizeTerminal } from '../engine/interactive/resize.ts';
import { toContainer } from '../engine/observe.ts';
import { clientConfig, withEngine } from './engine.ts';
import { CommandFailure } from './failure.ts';
import type { GlobalOptions } from './global-options.ts';
import { openProjectEnvironment, openProjectName } from './load-project.ts';
import { requireReplica } from './service-replica.ts';
import { READ_ESCAPE_SEQUENCE, brokenSession } from './session-end.ts';
import type { Session } from './session.ts';
import { requireTerminal, runTerminalSession } from './terminal-session.ts';
import { terminalSize } from './terminal-size.ts';

export interface ExecCommandRequest {
  readonly service: string;
  readonly command: readonly string[];
  /** Replica number; 0: the lowest that runs. */
  readonly index: number;
  /** `NAME=value`, or `NAME` for the project's value of it. */
  readonly env: readonly string[];
  readonly user: string;
  readonly workdir: string;
  readonly privileged: boolean;
  readonly tty: boolean;
  readonly interactive: boolean;
  readonly detach: boolean;
  readonly dryRun: boolean;
}

/** `exec`: runs a command in a running container of a service; gives the command's exit code. */
export async function exec(
  session: Session,
  global: GlobalOptions,
  request: ExecCommandRequest,
): Promise<number> {
  const project = await openProjectName(session, global);
  const env = commandEnvironment(request.env, await openProjectEnvironment(session, global));
  const { service, index } = request;
  return withEngine(session, global.engine, async (engine) => {
    const row = await requireReplica(engine, { project, service, index }, session.signal);
    const container = toContainer(row);
    if (request.dryRun) return rehearse(session, container, request);
    const stdin = request.interactive && !request.detach;
    if (!request.detach) {
      requireTerminal(session, { tty: request.tty, stdin }, 'use "exec -T" where there is none');
    }
    const size = terminalSize(session);
    const { detachKeys = '' } = clientConfig(session, global.engine);
    const created = await createExec(
      engine.client,
      container,
      {
        ...request,
        env,
        stdin,
        detachKeys,
        attach: !request.detach,
        ...(size === undefined ? {} : { size }),
      },
      session.signal,
    );
    if (!request.detach) return runInForeground(session, engine, created);
    await startDetachedExec(engine.client, created, session.signal);
    return 0;
  });
}

async function runInForeground(
  session: Session,
  { client }: Engine,
  created: Exec,
): Promise<number> {
  const { tty, stdin = false, detachKeys = '' } = created.request;
  const { signal } = session;
  const owner = { kind: 'exec', id: created.id } as const;
  const end = await runTerminalSession(session, {
    tty,
    stdin,
    detachKeys,
    open: () => startExec(client, created, signal),
    // Without a keyboard nobody looks at what is drawn.
    ...(stdin
      ? { size: { resize: (size, until) => resizeTerminal(client, owner, size, until) } }
      : {}),
  });
  switch (end.kind) {
    case 'detached':
      throw new CommandFailure(READ_ESCAPE_SEQUENCE);
    case 'broken':
      return (await execExitCode(client, created, signal)) ?? brokenSession(client, end.error);
    case 'ended':
      return awaitExecExit(client, created, signal);
  }
}

/** What the command gets: variables without a value take the project's, or are taken away. */
function commandEnvironment(
  given: readonly string[],
  project: Readonly<Record<string, string>>,
): readonly string[] {
  const variables = new Map<string, string>();
  for (const text of given) {
    const [name = ''] = text.split('=', 1);
    if (name === '') throw new CommandFailure(`invalid environment variable: ${text}`);
    const value = project[name];
    variables.set(name, text === name && value !== undefined ? `${name}=${value}` : text);
  }
  return [...variables.values()];
}

function rehearse(
  session: Session,
  { id }: { readonly id: string },
  request: ExecCommandRequest,
): number {
  if (!request.detach) {
    throw new CommandFailure('interactive exec is not supported in dry-run mode');
  }
  const command = JSON.stringify(request.command).replaceAll('","', '" "');
  session.stdout.write(` DRY-RUN MODE - Executing command ${command} in ${id} (detached mode)\n`);
  return 0;
}
