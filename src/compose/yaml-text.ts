import type { Rendered } from './rendered.ts';
import { Float, Timestamp } from './rendered.ts';
import { goFloat32, goFloat64 } from './scalar-text.ts';
import { doubleQuoted, scalarStyle } from './yaml-style.ts';

/** YAML as go-yaml v4 writes it: block style, two spaces, its rules for quotes. */
export function yamlText(value: Rendered): string {
  const lines: string[] = [];
  write(value, { lines, lead: '', indent: '' });
  return `${lines.join('\n')}\n`;
}

interface Position {
  readonly lines: string[];
  /** What stands on the first line before the value: indentation, dashes, a key. */
  readonly lead: string;
  /** Indentation of the lines that follow. */
  readonly indent: string;
}

function write(value: Rendered, { lines, lead, indent }: Position): void {
  if (value instanceof Map && value.size > 0) {
    let first = lead;
    for (const [key, entry] of value as ReadonlyMap<string, Rendered>) {
      writeEntry(key, entry, { lines, lead: first, indent });
      first = indent;
    }
  } else if (Array.isArray(value) && value.length > 0) {
    let first = lead;
    for (const item of value as readonly Rendered[]) {
      write(item, { lines, lead: `${first}- `, indent: `${indent}  ` });
      first = indent;
    }
  } else {
    lines.push(`${lead}${scalar(value, indent)}`);
  }
}

function writeEntry(key: string, value: Rendered, { lines, lead, indent }: Position): void {
  const within = `${indent}  `;
  let named = `${lead}${text(key, 'key', within)}:`;
  if (!isSimpleKey(key)) {
    lines.push(`${lead}? ${text(key, 'value', within)}`);
    named = `${indent}:`;
  }
  if (isBlock(value) && isSimpleKey(key)) {
    lines.push(named);
    write(value, { lines, lead: within, indent: within });
  } else if (isBlock(value)) {
    write(value, { lines, lead: `${named} `, indent: within });
  } else {
    lines.push(`${named} ${scalar(value, within)}`);
  }
}

/** A key on one line, of at most 128 bytes. */
function isSimpleKey(key: string): boolean {
  return (
    !/[\r\n\x85\u2028\u2029]/.test(key) &&
    (key.length <= 42 || new TextEncoder().encode(key).length <= 128)
  );
}

function isBlock(value: Rendered): boolean {
  if (value instanceof Map) return value.size > 0;
  return Array.isArray(value) && value.length > 0;
}

function scalar(value: Rendered, indent: string): string {
  if (typeof value === 'string') return text(value, 'value', indent);
  if (value instanceof Float)
    return value.bits === 32 ? goFloat32(value.value) : goFloat64(value.value);
  if (value instanceof Timestamp) return value.text;
  if (Array.isArray(value)) return '[]';
  if (value instanceof Map) return '{}';
  return value === null ? 'null' : `${value as boolean | number | bigint}`;
}

function text(value: string, position: 'key' | 'value', indent: string): string {
  switch (scalarStyle(value, position)) {
    case 'plain':
      return value;
    case 'single':
      return `'${value.replaceAll("'", "''")}'`;
    case 'double':
      return doubleQuoted(value);
    case 'literal':
      return literal(value, indent);
  }
}

/** The indentation is stated where the first line with text would hide it. */
function literal(value: string, indent: string): string {
  const body = value.replace(/\n$/, '');
  const chomping = !value.endsWith('\n') ? '-' : body === '' || body.endsWith('\n') ? '+' : '';
  const lines = body.split('\n').map((line) => (line === '' ? '' : `${indent}${line}`));
  return [`|${/^\n* /.test(value) ? '2' : ''}${chomping}`, ...lines].join('\n');
}
