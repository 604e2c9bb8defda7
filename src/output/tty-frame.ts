import { cellWidth, cutEnd } from './cell-width.ts';
import { painter, type Paint } from './paint.ts';
import {
  columnsOf,
  cutsDetails,
  duration,
  oneLine,
  resourceLine,
  type LineStyle,
} from './tty-line.ts';
import type { Resource } from './tty-state.ts';

export interface FrameOptions {
  /** What is going on: `up`, `down`. */
  readonly title: string;
  readonly color: boolean;
  /** Size of the terminal in cells. */
  readonly columns: number;
  readonly rows: number;
  /** Milliseconds, on the clock that the resources were reported with. */
  readonly now: number;
  /** When the first frame was drawn. */
  readonly started: number;
  /** The last frame, which stays: what is unfinished stops, and details of failures are complete. */
  readonly final: boolean;
}

/** Lower terminals have room for the head line only, and the cursor's below it. */
const LOWEST = 4;

/** Wider lines would put the time too far from the name it belongs to. */
const WIDEST = 110;

/**
 * One picture of the work: a head line and a line for each resource, none wider than the terminal
 * and together (with the cursor's line below) no higher. Failures and what is being worked on
 * keep their lines; the rest is counted in `… N more`. The last cell of a line stays free, because
 * terminals differ in what they do after it.
 */
export function frameLines(resources: readonly Resource[], options: FrameOptions): string[] {
  const paint = painter(options.color);
  const width = Math.max(Math.min(options.columns - 1, WIDEST), 1);
  if (options.rows < LOWEST && !options.final) {
    return [headLine(resources, options, { paint, width })];
  }
  const style: LineStyle = { paint, now: options.now, width, final: options.final };
  const columns = columnsOf(resources, style);
  const details = new Map(
    resources
      .filter((resource) => options.final && cutsDetails(resource, columns, style))
      .map((resource) => [resource, wrapped(resource.details, options.columns - 1)]),
  );
  const below = [...details.values()].reduce((sum, lines) => sum + lines.length, 0);
  const shown = visible(resources, Math.max(options.rows - 2 - below, details.size + 1));
  const hidden = resources.filter((resource) => !shown.includes(resource));
  const lines = shown.flatMap((resource) => [
    resourceLine(resource, columns, style),
    ...(details.get(resource) ?? []).map((line) =>
      paint(resource.status === 'error' ? 31 : 33, line),
    ),
  ]);
  if (hidden.length > 0) lines.push(paint(2, cutEnd(` … ${more(hidden)}`, width)));
  return [headLine(resources, options, { paint, width }), ...lines];
}

/** `[+] up 2/3`, how many failed, and at the end of the line the time since the beginning. */
function headLine(
  resources: readonly Resource[],
  { title, now, started }: FrameOptions,
  { paint, width }: { readonly paint: Paint; readonly width: number },
): string {
  const failed = resources.filter(({ status }) => status === 'error').length;
  const done = resources.filter(isDone).length;
  const head = cutEnd(`[+] ${title} ${done}/${resources.length}`, width);
  const failures = failed === 0 ? '' : `, ${failed} failed`;
  const time = duration(now - started);
  const gap = width - cellWidth(head) - failures.length - time.length;
  if (gap < 1) return paint(1, head);
  return `${paint(1, head)}${failures && paint(31, failures)}${' '.repeat(gap)}${paint(2, time)}`;
}

/** At most `lines` resources in their order, one line less when some have to be left out. */
function visible(resources: readonly Resource[], lines: number): readonly Resource[] {
  if (resources.length <= lines) return resources;
  const count = Math.max(lines - 1, 1);
  const newestFirst = (a: Resource, b: Resource): number => b.changed - a.changed;
  const failed = resources.filter(({ status }) => status === 'error').sort(newestFirst);
  const working = resources.filter(({ status }) => status === 'working');
  const rest = resources.filter(isDone).sort(newestFirst);
  // Failures may not take every line while others still work.
  const spared = Math.min(working.length, Math.ceil(count / 2));
  const first = failed.slice(0, count - spared);
  const chosen = new Set([...first, ...working, ...failed, ...rest].slice(0, count));
  return resources.filter((resource) => chosen.has(resource));
}

/** `52 more: 40 done, 12 working` */
function more(hidden: readonly Resource[]): string {
  const working = hidden.filter(({ status }) => status === 'working').length;
  const failed = hidden.filter(({ status }) => status === 'error').length;
  const done = hidden.length - working - failed;
  const counts = [
    ...(done > 0 ? [`${done} done`] : []),
    ...(working > 0 ? [`${working} working`] : []),
    ...(failed > 0 ? [`${failed} failed`] : []),
  ];
  return `${hidden.length} more: ${counts.join(', ')}`;
}

function isDone({ status }: Resource): boolean {
  return status === 'done' || status === 'warning';
}

/** Breaks a text between words into indented lines; longer words are left to the terminal. */
function wrapped(text: string, width: number): string[] {
  const indent = '     ';
  const lines: string[] = [];
  let line = indent;
  for (const word of oneLine(text).split(' ')) {
    const longer = line === indent ? line + word : `${line} ${word}`;
    if (line !== indent && cellWidth(longer) > width) {
      lines.push(line);
      line = indent + word;
    } else {
      line = longer;
    }
  }
  return [...lines, line];
}
