import { cellWidth, cutEnd, cutMiddle, padCells, printable } from './cell-width.ts';
import { humanSize } from './human.ts';
import { painter, type Paint } from './paint.ts';
import { bar, spinner } from './tty-bar.ts';
import type { Layer, Resource } from './tty-state.ts';

export interface LineStyle {
  readonly paint: Paint;
  /** Milliseconds on the clock of the state. */
  readonly now: number;
  /** Cells that a line takes, the time at its end included. */
  readonly width: number;
  /** Nothing is going on any more: what has not come to an end never will. */
  readonly final: boolean;
}

/** Widths of the columns of all lines of a frame, in cells. */
export interface Columns {
  /** `Container`; 0 where there is no room for kinds. */
  readonly kind: number;
  readonly name: number;
  readonly status: number;
  readonly time: number;
}

/** Status texts longer than this do not push the column behind them to the right. */
const STATUS = 10;
const LONGEST_NAME = 40;
const SHORTEST_NAME = 12;
const LONGEST_BAR = 24;
/** Cells of a bar beside its sizes that are worth shorter names. */
const WORTHY_BAR = 8;
/** `12.3MB, extracting` */
const SIZES = 18;
/** A short bar alone, where names would be hard to tell apart. */
const BARE_BAR = 9;

/** Fits columns to what is shown. Short of room, kinds go first, then the middle of names. */
export function columnsOf(resources: readonly Resource[], { now, width }: LineStyle): Columns {
  const widest = (texts: readonly string[]): number => Math.max(0, ...texts.map(cellWidth));
  const time = widest(resources.map((resource) => elapsed(resource, now)));
  const status = Math.min(widest(resources.map(({ text }) => text)), STATUS);
  const kinds = widest(resources.map(({ id }) => splitId(id).kind));
  const names = widest(resources.map(({ id }) => splitId(id).name));
  const room = width - 4 - status - 2 - time;
  const layers = Math.max(0, ...resources.filter(drawsBar).map((image) => image.layers.size));
  const bars = layers > 0;
  const legible = Math.min(names, SHORTEST_NAME * 2);
  const spared = room - (bars ? Math.min(layers, WORTHY_BAR) + 4 + SIZES : 0);
  const most = spared >= legible ? spared : room - (bars ? BARE_BAR : 0);
  const kind = kinds > 0 && kinds + 1 + legible <= most ? kinds : 0;
  const left = most - (kind === 0 ? 0 : kind + 1);
  const name = Math.max(Math.min(names, left, LONGEST_NAME), Math.min(names, SHORTEST_NAME));
  return { kind, name, status, time };
}

/** ` ✔ Container p-web-1 Started    0.3s`, at most `width` cells. */
export function resourceLine(resource: Resource, columns: Columns, style: LineStyle): string {
  const { paint, width } = style;
  const left = statusStart(columns);
  if (left > width) {
    const plain = { ...style, paint: painter(false) };
    return cutEnd(` ${mark(resource, plain)} ${splitId(oneLine(resource.id)).name}`, width);
  }
  const status = cutEnd(oneLine(resource.text), width - left);
  const extra = extraOf(resource, columns, style);
  const shown = extra === '' ? status : padCells(status, columns.status);
  const used = left + cellWidth(shown) + (extra === '' ? 0 : 1 + cellWidth(extra));
  const time = elapsed(resource, style.now);
  const gap = width - used - cellWidth(time);
  const parts = [
    ` ${mark(resource, style)} ${idColumn(resource.id, columns, paint)} `,
    statusPaint(resource, paint)(shown),
    extra === '' ? '' : ` ${extraPaint(resource, paint)(extra)}`,
    time === '' || gap < 1 ? '' : ' '.repeat(gap) + paint(2, time),
  ];
  return parts.join('').trimEnd();
}

/** Whether details of something that went wrong do not fit into its line. */
export function cutsDetails(resource: Resource, columns: Columns, style: LineStyle): boolean {
  const { status, details } = resource;
  if (status !== 'error' && status !== 'warning') return false;
  return cellWidth(oneLine(details)) > extraRoom(resource, columns, style);
}

/** `0.3s`, `1m02s`, `1h02m`; nothing for what took no work. */
export function duration(milliseconds: number): string {
  const seconds = milliseconds / 1000;
  if (seconds < 59.95) return `${seconds.toFixed(1)}s`;
  const [minutes, rest] = [Math.floor(Math.round(seconds) / 60), Math.round(seconds) % 60];
  if (minutes < 60) return `${minutes}m${String(rest).padStart(2, '0')}s`;
  return `${Math.floor(minutes / 60)}h${String(minutes % 60).padStart(2, '0')}m`;
}

/** A text without line breaks and control characters. */
export function oneLine(text: string): string {
  return printable(text.trim().replaceAll(/\s+/g, ' '));
}

function elapsed({ worked, since }: Resource, now: number): string {
  if (worked === 0 && since === undefined) return '';
  return duration(worked + (since === undefined ? 0 : now - since));
}

function mark({ status }: Resource, { paint, now, final }: LineStyle): string {
  switch (status) {
    case 'done':
      return paint(32, '✔');
    case 'warning':
      return paint(33, '!');
    case 'error':
      return paint(31, '✘');
    case 'working':
      return final ? paint(33, '-') : paint(36, spinner(now));
  }
}

/** The kind is the same for most lines, so it steps back behind the name. */
function idColumn(id: string, columns: Columns, paint: Paint): string {
  const { kind, name } = splitId(oneLine(id));
  const shown = padCells(cutMiddle(name, columns.name), columns.name);
  return columns.kind === 0 ? shown : `${paint(2, padCells(kind, columns.kind))} ${shown}`;
}

/** `Container p-web-1` in two; ids of other shapes are names. */
function splitId(id: string): { readonly kind: string; readonly name: string } {
  const [, kind, name] = /^([A-Z][a-z]+) (.+)$/s.exec(id) ?? [];
  return kind === undefined || name === undefined ? { kind: '', name: id } : { kind, name };
}

/** Cells before the status: mark, kind and name. */
function statusStart({ kind, name }: Columns): number {
  return 3 + (kind === 0 ? 0 : kind + 1) + name + 1;
}

/** Cells between status and time. */
function extraRoom({ text }: Resource, columns: Columns, { width }: LineStyle): number {
  const status = Math.max(cellWidth(oneLine(text)), columns.status);
  return width - statusStart(columns) - status - 1 - 2 - columns.time;
}

function drawsBar({ status, layers }: Resource): boolean {
  return status === 'working' && layers.size > 0;
}

function statusPaint({ status }: Resource, paint: Paint): (text: string) => string {
  switch (status) {
    case 'done':
      return (text) => paint(32, text);
    case 'warning':
      return (text) => paint(33, text);
    case 'error':
      return (text) => paint(31, text);
    case 'working':
      return (text) => text;
  }
}

function extraPaint({ status }: Resource, paint: Paint): (text: string) => string {
  if (status === 'working') return (text) => text.replace(/^\[.*?\]/, (part) => paint(36, part));
  return (text) => paint(status === 'error' ? 31 : 2, text);
}

/** What stands behind the status: the bar of an image's layers, or details. */
function extraOf(resource: Resource, columns: Columns, style: LineStyle): string {
  const room = extraRoom(resource, columns, style);
  if (!drawsBar(resource)) {
    if (room < 4 || (style.final && cutsDetails(resource, columns, style))) return '';
    return cutEnd(oneLine(resource.details), room);
  }
  const layers = [...resource.layers.values()];
  const fractions = layers.map(({ fraction }) => fraction);
  const sizes = layerSizes(layers);
  const long = Math.min(layers.length, LONGEST_BAR);
  const beside = room - sizes.length - 3;
  if (beside >= Math.min(long, 4)) return `${bar(fractions, Math.min(beside, long))} ${sizes}`;
  return room < 3 ? '' : bar(fractions, Math.min(room - 2, long));
}

/** `12.3MB / 45MB`; without the whole while some layers have not told their size. */
function layerSizes(layers: readonly Layer[]): string {
  const current = layers.reduce((sum, layer) => sum + layer.current, 0);
  const total = layers.reduce((sum, layer) => sum + layer.total, 0);
  const known = layers.every((layer) => layer.total > 0 || layer.fraction === 1);
  if (total === 0) return '';
  if (!known) return humanSize(current, 3);
  if (current === total && layers.some(({ text }) => text === 'Extracting')) {
    return `${humanSize(total, 3)}, extracting`;
  }
  return `${humanSize(current, 3)} / ${humanSize(total, 3)}`;
}
