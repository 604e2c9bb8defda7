/** A container whose output is read. */
export interface LogSource {
  readonly id: string;
  /** Shown before its lines: `web-1`, or the whole name where container_name is set. */
  readonly name: string;
  readonly service: string;
  /** Replica number, from 1. */
  readonly number: number;
  /** Whether it has a terminal; asked from the engine when absent. */
  readonly tty?: boolean;
}

export type OutputStream = 'stdout' | 'stderr';

/** One line that a container wrote. */
export interface LogLine {
  readonly type: 'line';
  readonly source: LogSource;
  readonly stream: OutputStream;
  /** Without its line break. */
  readonly line: string;
  /** The engine's, RFC 3339 with nanoseconds; only when timestamps were asked for. */
  readonly timestamp?: string;
}

/** What happens to the containers of a project while their output is read. */
export type ContainerEvent =
  | { readonly type: 'created'; readonly source: LogSource }
  /** `replaces`: the name of the container that it takes the place of. */
  | { readonly type: 'recreated'; readonly source: LogSource; readonly replaces: string }
  | { readonly type: 'started'; readonly source: LogSource; readonly restarted: boolean }
  | {
      readonly type: 'exited';
      readonly source: LogSource;
      readonly exitCode: number;
      /** The engine starts it again. */
      readonly restarting: boolean;
      /** The kernel ended it because it ran out of memory. */
      readonly outOfMemory: boolean;
    }
  | { readonly type: 'health'; readonly source: LogSource; readonly health: string }
  | { readonly type: 'removed'; readonly source: LogSource };

export type LogEvent =
  | LogLine
  | ContainerEvent
  /** Containers that are read from now on, sorted by name; comes before their lines. */
  | { readonly type: 'sources'; readonly sources: readonly LogSource[] }
  | { readonly type: 'warning'; readonly source: LogSource; readonly text: string };

/** A promise holds up reading, so that a slow reader of ours slows the container's output down. */
export type OnLogEvent = (event: LogEvent) => void | Promise<void>;
