import { goJson } from '../go-json.ts';
import { builtins } from './builtins.ts';
import { Float, Receiver, type Callable, type ParameterType } from './values.ts';

type Functions = ReadonlyMap<string, Callable>;

function define(
  parameters: readonly ParameterType[],
  call: (...args: readonly never[]) => unknown,
): Callable {
  return { parameters, call: call as Callable['call'] };
}

const own: readonly (readonly [string, Callable])[] = [
  ['json', define(['any'], toJson)],
  ['split', define(['string', 'string'], split)],
  ['join', define(['[]string', 'string'], (list: string[], by: string) => list.join(by))],
  ['title', define(['string'], title)],
  ['lower', define(['string'], (text: string) => text.toLowerCase())],
  ['upper', define(['string'], (text: string) => text.toUpperCase())],
  ['pad', define(['string', 'int', 'int'], pad)],
  ['truncate', define(['string', 'int'], truncate)],
];

/** Go's functions and those that docker adds. */
export const templateFunctions: Functions = new Map([...builtins, ...own]);

const unchanged = (text: string): string => text;

/** The same names for the line of headings, which most functions leave as it is. */
export const headingFunctions: Functions = new Map([
  ...templateFunctions,
  ['json', define(['string'], unchanged)],
  ['split', define(['string', 'string'], unchanged)],
  ['join', define(['string', 'string'], unchanged)],
  ['title', define(['string'], unchanged)],
  ['lower', define(['string'], unchanged)],
  ['upper', define(['string'], unchanged)],
  ['truncate', define(['string', 'int'], unchanged)],
]);

/** What a template is applied to marshals itself, which escapes HTML; other values do not. */
function toJson(value: unknown): string {
  if (value instanceof Receiver) {
    const fields = Object.entries(value.content).toSorted(([a], [b]) => (a < b ? -1 : 1));
    return goJson(Object.fromEntries(fields), { html: true });
  }
  if (value instanceof Float) return String(value.value);
  return goJson(value instanceof Map ? Object.fromEntries(value) : (value ?? null));
}

function split(text: string, by: string): string[] {
  return by === '' ? Array.from(text) : text.split(by);
}

/** A capital wherever a word begins. */
function title(text: string): string {
  return text.replaceAll(/(?<![\p{L}\p{N}_])\p{L}/gu, (letter) => letter.toUpperCase());
}

function pad(text: string, before: number, after: number): string {
  if (text === '') return '';
  if (before < 0 || after < 0) throw new Error('strings: negative Repeat count');
  return ' '.repeat(before) + text + ' '.repeat(after);
}

/** By bytes, as docker does; what is left of a character that was cut through is left out. */
function truncate(text: string, length: number): string {
  const bytes = Buffer.from(text);
  if (bytes.length < length) return text;
  if (length < 0) {
    throw new Error(`runtime error: slice bounds out of range [:${length}]`);
  }
  return bytes.toString('utf8', 0, length).replace(/\uFFFD+$/, '');
}
