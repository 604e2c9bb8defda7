import type { EngineClient } from '../client.ts';
import type { LogSource, OnLogEvent } from './log-event.ts';
import { watchContainers, type ContainerExit } from './watch.ts';

export interface AttachOptions {
  readonly project: string;
  /** Services whose containers count; empty: those of `attachTo`, and all if that is empty too. */
  readonly services: readonly string[];
  /** Services whose output is shown (see servicesToAttach). */
  readonly attachTo: readonly string[];
  /** What the end of a container means: nothing, or that the project is to be stopped. */
  readonly onExit: 'ignore' | 'abort' | 'abort-on-failure';
  /** Service whose first exit decides the exit code. */
  readonly exitCodeFrom?: string;
  /** True for containers that the plan itself ends; their exits are neither told nor counted. */
  readonly isReplaced?: (source: LogSource) => boolean;
  /** True for containers that are just being restarted; such an exit counts for nothing. */
  readonly isRestarted?: (source: LogSource) => boolean;
  /** Called once, when a container's end means that the project is to be stopped. */
  readonly onAbort: (exit: ContainerExit) => void;
}

/** The foreground part of `up`. */
export interface AttachedProject {
  /** Containers that were there when it was opened and are shown, except replaced ones; by name. */
  readonly existing: readonly LogSource[];
  /**
   * Attaches to those of the containers that are shown and not read yet; called before a container
   * is started, none of its lines is lost. Emits `sources` with them.
   */
  attach(sources: readonly LogSource[]): Promise<void>;
  /**
   * Resolves with the exit code of the command when no container is left; call it when all have
   * been started. 0 unless `onExit` or `exitCodeFrom` say otherwise.
   */
  finished(): Promise<number>;
}

/**
 * Opens the foreground of `up`: call it before containers are created or started, `attach` with
 * those of `existing` and before each start. Containers that are started later, or again, are read from their start. Aborting
 * `signal` detaches: containers go on, `finished` resolves.
 */
export async function attachProject(
  client: EngineClient,
  options: AttachOptions,
  onEvent: OnLogEvent,
  signal: AbortSignal,
): Promise<AttachedProject> {
  const exits = exitCodes(options);
  const isShown = (source: LogSource): boolean =>
    options.attachTo.includes(source.service) && options.isReplaced?.(source) !== true;
  const watch = await watchContainers(
    client,
    {
      project: options.project,
      services: options.services.length > 0 ? options.services : options.attachTo,
      isShown,
      timestamps: false,
      onExit: (exit) => exits.record(exit),
      ...(options.isReplaced === undefined ? {} : { isReplaced: options.isReplaced }),
      ...(options.isRestarted === undefined ? {} : { isRestarted: options.isRestarted }),
    },
    onEvent,
    signal,
  );
  return {
    existing: watch.existing.filter((source) => isShown(source)),
    attach: async (sources) => {
      const shown = sources
        .filter((source) => isShown(source))
        .toSorted((a, b) => (a.name < b.name ? -1 : 1));
      if (shown.length === 0) return;
      await onEvent({ type: 'sources', sources: shown });
      await Promise.all(shown.map((source) => watch.reading.attach(source)));
    },
    finished: async () => {
      await watch.finished();
      return exits.code();
    },
  };
}

/** Which exit decides the exit code: that of the service asked for, else the one that aborted. */
function exitCodes({ onExit, exitCodeFrom, onAbort }: AttachOptions): {
  record(exit: ContainerExit): void;
  code(): number;
} {
  let aborting: number | undefined;
  let chosen: number | undefined;
  return {
    record: (exit) => {
      if (exit.source.service === exitCodeFrom) chosen ??= exit.exitCode;
      const counts = onExit === 'abort' || (onExit === 'abort-on-failure' && exit.exitCode !== 0);
      if (!counts || aborting !== undefined) return;
      aborting = exit.exitCode;
      onAbort(exit);
    },
    code: () => chosen ?? aborting ?? 0,
  };
}
