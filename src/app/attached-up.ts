import { attachProject, type AttachedProject } from '../engine/logs/attach.ts';
import type { HookLine } from '../engine/execute/context.ts';
import { servicesToAttach } from '../engine/logs/attach-selection.ts';
import type { LogEvent, LogSource } from '../engine/logs/log-event.ts';
import { LABEL } from '../compose/labels.ts';
import type { Project } from '../compose/model.ts';
import { sourceOf } from '../engine/logs/project-containers.ts';
import type { ContainerRef } from '../scheduler/plan.ts';
import type { LogPrinter } from '../output/log-printer.ts';
import type { Convergence } from './converge.ts';
import { CommandFailure } from './failure.ts';
import { ForegroundProgress } from './foreground-progress.ts';
import { createLogPrinter } from './log-output.ts';
import type { Operation } from './operation.ts';
import { execute } from './run-plan.ts';
import { ProjectShutdown } from './project-shutdown.ts';
import { UpControls } from './up-controls.ts';
import type { UpRequest } from './up-request.ts';
import type { Watching } from './watching.ts';

/** Exit code after Ctrl-C, as in Compose. */
const INTERRUPTED = 130;

const ON_EXIT = { never: 'ignore', 'on-exit': 'abort', 'on-failure': 'abort-on-failure' } as const;

/**
 * The foreground of `up`: runs the plan, shows output of its containers, and stops them at the first
 * interrupt or when the end of one means the end of all. The second interrupt kills them.
 */
export async function runAttached(
  outer: Operation,
  convergence: Convergence,
  request: AttachedRequest,
): Promise<number> {
  const { attachTo } = request;
  await using controls = new UpControls(outer, convergence.project, request);
  controls.expect(convergence.plan);
  const { session } = controls.operation;
  const progress = new ForegroundProgress(controls.operation);
  const printer = createLogPrinter(session, outer.global, {
    appearance: request.logs,
    merged: false,
    notes: request.watching !== undefined,
  });
  const onHookLine = hookPrinter(printer);
  const shutdown = new ProjectShutdown(progress.operation, convergence.project, {
    ...request,
    onHookLine,
  });
  using _interrupts = session.interrupts.take((signalName, count) => {
    shutdown.interrupt(signalName, count);
  });
  controls.connect(progress.operation, { printer, shutdown });
  const attached = await attach(progress.operation, convergence, {
    request,
    attachTo,
    printer,
    shutdown,
    controls,
  });
  const sources = expectedSources(convergence, attachTo);
  const announce = once(() => {
    progress.outputBegins();
    controls.open();
    printer.print({ type: 'sources', sources });
    session.stdout.write(`Attaching to ${sources.map(({ name }) => name).join(', ')}\n`);
  });
  await shutdown.during(
    startAttached(progress.operation, convergence, {
      attached,
      attachTo,
      announce,
      shutdown,
      onHookLine,
    }),
  );
  announce();
  controls.watch(request.watching);
  await Promise.race([attached.finished(), shutdown.done]);
  await shutdown.finished();
  const code = await attached.finished();
  return shutdown.wasInterrupted ? INTERRUPTED : code;
}

interface AttachedRequest extends UpRequest {
  /** What {@link shownServices} gave for it. */
  readonly attachTo: readonly string[];
  /** What `--watch` has noticed since the command began. */
  readonly watching: Watching | undefined;
}

interface Attachment {
  readonly request: UpRequest;
  readonly attachTo: readonly string[];
  readonly printer: LogPrinter;
  readonly shutdown: ProjectShutdown;
  readonly controls: UpControls;
}

function attach(
  { engine, onEvent }: Operation,
  convergence: Convergence,
  { request, attachTo, printer, shutdown, controls }: Attachment,
): Promise<AttachedProject> {
  // All services are watched when their ends count, but only some are shown; what this command
  // itself replaces is progress.
  const isNews = (event: LogEvent): boolean =>
    (event.type !== 'exited' || attachTo.includes(event.source.service)) &&
    (event.type !== 'recreated' || !shutdown.isWorking);
  return attachProject(
    engine.client,
    {
      project: convergence.project.name,
      services: watchedServices(convergence, request),
      attachTo,
      onExit: ON_EXIT[request.abort],
      ...(request.exitCodeFrom === undefined ? {} : { exitCodeFrom: request.exitCodeFrom }),
      isReplaced: (source) => controls.isReplaced(source),
      isRestarted: (source) => controls.isRestarted(source),
      onAbort: () => {
        onEvent({ type: 'message', level: 'info', text: 'Aborting on container exit...' });
        void shutdown.begin();
      },
    },
    (event) => {
      if (isNews(event)) printer.print(event);
    },
    shutdown.detached,
  );
}

interface Start {
  readonly attached: AttachedProject;
  readonly attachTo: readonly string[];
  /** Begins output; called before the first container starts. */
  readonly announce: () => void;
  readonly shutdown: ProjectShutdown;
  readonly onHookLine: (line: HookLine) => void;
}

async function startAttached(
  operation: Operation,
  convergence: Convergence,
  { attached, attachTo, announce, shutdown, onHookLine }: Start,
): Promise<void> {
  const { project, observed, plan } = convergence;
  const isReplaced = replacedBy(convergence);
  // Who detaches while containers are still being started wants them started all the same.
  const unlessDetached = async (attaching: Promise<void>): Promise<void> => {
    await attaching.catch((error: unknown) => {
      if (!shutdown.detached.aborted) throw error;
    });
  };
  const running = observed.containers
    .filter(({ state, service }) => state === 'running' && attachTo.includes(service))
    .map(({ id, name, labels }) => sourceOf(id, name, labels))
    .filter((source) => !isReplaced(source));
  try {
    if (running.length > 0) {
      announce();
      await unlessDetached(attached.attach(running));
    }
    await execute(operation, plan, {
      ...convergence,
      dryRun: false,
      signal: shutdown.requested,
      onHookLine: (line) => {
        announce();
        onHookLine(line);
      },
      beforeStart: async ({ id, name }, service) => {
        announce();
        await unlessDetached(attached.attach([namedSource(project.name, { id, name, service })]));
      },
    });
  } catch (error) {
    if (!shutdown.requested.aborted) {
      shutdown.detach();
      throw error;
    }
  }
}

/** Shows lines of hooks among those of the containers, behind a name that tells them apart. */
function hookPrinter(printer: LogPrinter): (line: HookLine) => void {
  return ({ service, container, source, text }) => {
    const from = { id: container, name: source, service, number: 0 };
    printer.print({ type: 'line', source: from, stream: 'stdout', line: text });
  };
}

/**
 * Whose containers are waited for: those of the services that were named, because only they are
 * stopped. Empty: those that are shown.
 */
function watchedServices({ project }: Convergence, request: UpRequest): readonly string[] {
  const { services, exitCodeFrom, abort } = request;
  if (services.length > 0)
    return exitCodeFrom === undefined ? services : [...services, exitCodeFrom];
  return abort === 'never' ? [] : Object.keys(project.services);
}

/** Services whose output is shown. @throws CommandFailure when `--attach` names another one */
export function shownServices(project: Project, request: UpRequest): readonly string[] {
  const selected = servicesToAttach(project, {
    services: request.services,
    attach: request.attach,
    noAttach: request.noAttach,
    dependencies: request.attachDependencies,
  });
  if (selected.ok) return selected.value;
  throw new CommandFailure(selected.error);
}

/** Containers that the plan itself stops or removes: their end is no news. */
function replacedBy({ plan }: Convergence): (source: Pick<LogSource, 'id'>) => boolean {
  const ids = new Set(
    plan.steps.flatMap(({ action }) =>
      action.kind === 'stop-container' || action.kind === 'remove-container'
        ? idOf(action.container)
        : [],
    ),
  );
  return ({ id }) => ids.has(id);
}

function idOf(container: ContainerRef): readonly string[] {
  return 'id' in container ? [container.id] : [];
}

/** Every container whose output will be shown, sorted by name: decides colours and widths. */
function expectedSources(
  convergence: Convergence,
  attachTo: readonly string[],
): readonly LogSource[] {
  const { project, observed, plan } = convergence;
  const isReplaced = replacedBy(convergence);
  const renamed = new Map(
    plan.steps.flatMap(({ action }) =>
      action.kind === 'rename-container' && 'createdBy' in action.container
        ? [[action.container.createdBy, action.name] as const]
        : [],
    ),
  );
  const made = plan.steps.flatMap(({ id, action }) =>
    action.kind === 'create-container'
      ? [{ id: '', name: renamed.get(id) ?? action.name, service: action.service }]
      : [],
  );
  const kept = observed.containers.filter(
    (container) => !isReplaced(container) && !container.oneOff,
  );
  return [...made, ...kept]
    .filter(({ service }) => attachTo.includes(service))
    .map((container) => namedSource(project.name, container))
    .toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

function namedSource(
  project: string,
  { id, name, service }: { readonly id: string; readonly name: string; readonly service: string },
): LogSource {
  const number = /[-_](\d+)$/.exec(name)?.[1] ?? '1';
  return sourceOf(id, name, {
    [LABEL.project]: project,
    [LABEL.service]: service,
    [LABEL.number]: number,
  });
}

function once(work: () => void): () => void {
  let done = false;
  return () => {
    if (done) return;
    done = true;
    work();
  };
}
