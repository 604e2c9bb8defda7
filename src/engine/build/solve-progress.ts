/** One line of `--progress rawjson`: BuildKit's SolveStatus. */
export interface SolveStatus {
  readonly vertexes?: readonly SolveVertex[];
  readonly statuses?: readonly {
    readonly vertex: string;
    readonly id: string;
    readonly completed?: string;
  }[];
  readonly logs?: readonly {
    readonly vertex: string;
    /** Base64. */
    readonly data: string;
    readonly timestamp: string;
  }[];
  readonly warnings?: readonly { readonly short?: string }[];
}

export interface SolveVertex {
  readonly digest: string;
  /** `[web 2/3] RUN make`. */
  readonly name: string;
  readonly started?: string;
  readonly completed?: string;
  readonly cached?: boolean;
  readonly error?: string;
}

/** A step that failed, with the last lines it wrote. */
export interface FailedVertex {
  readonly name: string;
  readonly error: string;
  readonly output: readonly string[];
}

interface Seen {
  number: number;
  readonly name: string;
  started: number;
  done: boolean;
  /** Parts (transfers, layers) that are complete. */
  readonly parts: Set<string>;
  /** Output without its line break yet. */
  rest: string;
  readonly output: string[];
}

/** Lines kept of every step, for the case that it fails. */
const KEPT = 50;

/** Turns BuildKit's progress into lines of text, each with the number of its step. */
export class SolveProgress {
  readonly #seen = new Map<string, Seen>();
  #count = 0;
  /** Steps that failed by themselves, in order; those that were cancelled do not count. */
  readonly failed: FailedVertex[] = [];

  /** The lines that a status adds. */
  push(status: SolveStatus): string[] {
    const lines: string[] = [];
    for (const vertex of status.vertexes ?? []) this.#begin(vertex, lines);
    for (const { vertex, id, completed } of status.statuses ?? []) {
      const seen = this.#seen.get(vertex);
      if (seen === undefined || completed === undefined || seen.parts.has(id)) continue;
      seen.parts.add(id);
      lines.push(`#${seen.number} ${id} done`);
    }
    for (const { vertex, data, timestamp } of status.logs ?? []) {
      const seen = this.#seen.get(vertex);
      if (seen !== undefined)
        write(seen, Buffer.from(data, 'base64').toString('utf8'), timestamp, lines);
    }
    for (const vertex of status.vertexes ?? []) this.#end(vertex, lines);
    for (const { short } of status.warnings ?? []) {
      if (short !== undefined) lines.push(`WARN: ${Buffer.from(short, 'base64').toString('utf8')}`);
    }
    return lines;
  }

  #begin({ digest, name, started }: SolveVertex, lines: string[]): void {
    if (started === undefined || this.#seen.has(digest)) return;
    this.#count += 1;
    this.#seen.set(digest, {
      number: this.#count,
      name,
      started: Date.parse(started),
      done: false,
      parts: new Set(),
      rest: '',
      output: [],
    });
    lines.push(`#${this.#count} ${name}`);
  }

  #end({ digest, started, completed, cached, error }: SolveVertex, lines: string[]): void {
    const seen = this.#seen.get(digest);
    if (seen === undefined || completed === undefined || started === undefined || seen.done) return;
    if (seen.rest !== '') write(seen, '\n', completed, lines);
    seen.done = true;
    if (error !== undefined && error !== '') {
      lines.push(`#${seen.number} ${isCancelled(error) ? 'CANCELED' : `ERROR: ${error}`}`);
      if (!isCancelled(error)) this.failed.push({ name: seen.name, error, output: seen.output });
    } else if (cached === true) {
      lines.push(`#${seen.number} CACHED`);
    } else {
      const seconds = (Date.parse(completed) - Date.parse(started)) / 1000;
      lines.push(`#${seen.number} DONE ${seconds.toFixed(1)}s`);
    }
  }
}

function isCancelled(error: string): boolean {
  return error.endsWith('context canceled');
}

function write(seen: Seen, text: string, timestamp: string, lines: string[]): void {
  const parts = (seen.rest + text).split('\n');
  seen.rest = parts.pop() ?? '';
  const seconds = ((Date.parse(timestamp) - seen.started) / 1000).toFixed(3);
  for (const part of parts) {
    // A carriage return overwrites what was before it.
    const line = part.replace(/\r$/, '').replace(/^.*\r/s, '');
    seen.output.push(line);
    lines.push(`#${seen.number} ${seconds} ${line}`);
  }
  seen.output.splice(0, seen.output.length - KEPT);
}
