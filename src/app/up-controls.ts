import type { Project } from '../compose/model.ts';
import type { LogPrinter } from '../output/log-printer.ts';
import type { ContainerRef, Plan } from '../scheduler/plan.ts';
import { hasWatchTriggers } from '../scheduler/watch-rules.ts';
import { CommandFailure } from './failure.ts';
import type { Operation } from './operation.ts';
import type { ProjectShutdown } from './project-shutdown.ts';
import { usesColor } from './terminal.ts';
import { UpMenu } from './up-menu.ts';
import type { UpRequest } from './up-request.ts';
import { bindCopiesOf } from './bind-copies.ts';
import { watchedBinds } from './watched-binds.ts';
import { WatchSwitch } from './watch-switch.ts';
import { openWatching, type Watching } from './watching.ts';

/** What Compose says when `up --watch` finds nothing to watch. */
const NOTHING_TO_WATCH =
  'none of the selected services is configured for watch, see https://docs.docker.com/compose/how-tos/file-watch/';

/** Opens the watch of `up --watch`. @throws CommandFailure when nothing can be watched */
export async function openUpWatch(
  operation: Operation,
  project: Project,
  { quietBuild, syncBinds }: Pick<UpRequest, 'quietBuild' | 'syncBinds'>,
): Promise<Watching> {
  if (!hasWatchTriggers(project)) {
    const binds = await watchedBinds(operation, project, syncBinds);
    if (binds === undefined) throw new CommandFailure(NOTHING_TO_WATCH);
  }
  const options = { prune: false, quiet: quietBuild, nothing: NOTHING_TO_WATCH, syncBinds };
  return await openWatching(operation, project, options);
}

/** What users have at hand while `up` is attached: the menu, and the watch of files. */
export class UpControls implements AsyncDisposable {
  /** The operation whose output goes above the menu. */
  readonly operation: Operation;
  readonly #project: Project;
  readonly #request: UpRequest;
  readonly #menu: UpMenu | undefined;
  readonly #over = new AbortController();
  /** Containers that plans stop or remove: their end is no news. */
  readonly #replaced = new Set<string>();
  /** How many of the next ends of containers belong to restarts. */
  readonly #restarted = new Map<string, number>();
  #watch: WatchSwitch | undefined;
  #shutdown: ProjectShutdown | undefined;

  constructor(operation: Operation, project: Project, request: UpRequest) {
    const { session, global } = operation;
    this.#project = project;
    this.#request = request;
    this.#menu = request.menu
      ? new UpMenu(session, {
          color: usesColor(session.stdout, { ansi: global.ansi, env: session.env }),
          isWatching: () => this.#watch?.isOn === true,
          onWatch: () => {
            this.#toggleWatch();
          },
          onDetach: () => this.#shutdown?.detach(),
        })
      : undefined;
    this.operation = { ...operation, session: this.#menu?.session ?? session };
  }

  /** Joins the parts that need the output of these controls first. */
  connect(
    operation: Operation,
    { printer, shutdown }: { readonly printer: LogPrinter; readonly shutdown: ProjectShutdown },
  ): void {
    this.#shutdown = shutdown;
    const bound = bindCopiesOf(operation.engine) !== undefined;
    if (!bound && !hasWatchTriggers(this.#project)) return;
    const warn = (text: string): void => {
      operation.onEvent({ type: 'message', level: 'warning', text });
    };
    // A rebuild that is broken off puts back what it replaced.
    shutdown.besides(() => (this.#watch?.isOn === true ? this.#watch.finished() : undefined));
    this.#watch = new WatchSwitch({
      open: () => openUpWatch(operation, this.#project, this.#request),
      output: {
        log: (text) => {
          printer.note(text);
        },
        print: (line) => void operation.session.stdout.write(`${line}\n`),
        onPlan: (plan) => {
          this.expect(plan);
        },
      },
      onChange: () => this.#menu?.update(),
      onFault: warn,
      signal: AbortSignal.any([shutdown.requested, shutdown.detached, this.#over.signal]),
    });
  }

  /** Output begins: the menu may stand below it. */
  open(): void {
    this.#menu?.open();
  }

  /** Everything has been started: what changed since a watch was opened is dealt with now. */
  watch(opened: Watching | undefined): void {
    if (opened !== undefined) this.#watch?.start(opened);
  }

  /** Notes whose ends a plan brings about. */
  expect(plan: Plan): void {
    for (const { action } of plan.steps) {
      if (action.kind === 'stop-container' || action.kind === 'remove-container') {
        const id = idOf(action.container);
        if (id !== undefined) this.#replaced.add(id);
      } else if (action.kind === 'restart-container') {
        const id = idOf(action.container);
        if (id !== undefined) this.#restarted.set(id, (this.#restarted.get(id) ?? 0) + 1);
      }
    }
  }

  isReplaced(container: { readonly id: string }): boolean {
    return this.#replaced.has(container.id);
  }

  /** Whether this end of a container is part of a restart; each restart accounts for one. */
  isRestarted({ id }: { readonly id: string }): boolean {
    const count = this.#restarted.get(id) ?? 0;
    if (count > 1) this.#restarted.set(id, count - 1);
    else this.#restarted.delete(id);
    return count > 0;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#over.abort();
    this.#menu?.[Symbol.dispose]();
    await this.#watch?.finished();
  }

  #toggleWatch(): void {
    if (this.#watch === undefined) {
      this.#menu?.notice(
        'Watch \u2192  watch is not yet configured. Learn more: https://docs.docker.com/compose/file-watch/',
      );
    } else if (this.#watch.isOn) this.#watch.stop();
    else this.#watch.start();
  }
}

function idOf(container: ContainerRef): string | undefined {
  return 'id' in container ? container.id : undefined;
}
