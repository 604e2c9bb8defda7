import type { Rendered } from './rendered.ts';
import { Float, Timestamp } from './rendered.ts';
import { goFloat32, goFloat64 } from './scalar-text.ts';
import type { Placement } from './yaml-fold.ts';
import { doubleQuoted, plainText, singleQuoted } from './yaml-fold.ts';
import { scalarStyle } from './yaml-style.ts';

/**
 * YAML as go-yaml v4 writes it: block style, its rules for quotes and long lines. `step` is how far
 * mappings are indented.
 */
export function yamlText(value: Rendered, step = 2): string {
  const lines: string[] = [];
  write(value, { lines, lead: '', indent: '', step });
  return `${lines.join('\n')}\n`;
}

interface Position {
  readonly lines: string[];
  /** What stands on the first line before the value: indentation, dashes, a key. */
  readonly lead: string;
  /** Indentation of the lines that follow. */
  readonly indent: string;
  readonly step: number;
}

type ScalarPlace = Placement & Pick<Position, 'step'>;

function write(value: Rendered, { lines, lead, indent, step }: Position): void {
  if (value instanceof Map && value.size > 0) {
    let first = lead;
    for (const [key, entry] of value as ReadonlyMap<string, Rendered>) {
      writeEntry(key, entry, { lines, lead: first, indent, step });
      first = indent;
    }
  } else if (Array.isArray(value) && value.length > 0) {
    let first = lead;
    for (const item of value as readonly Rendered[]) {
      write(item, { lines, lead: `${first}- `, indent: `${indent}  `, step });
      first = indent;
    }
  } else {
    lines.push(`${lead}${scalar(value, { lead, indent, step })}`);
  }
}

function writeEntry(key: string, value: Rendered, { lines, lead, indent, step }: Position): void {
  const within = indent + ' '.repeat(step);
  const simple = isSimpleKey(key);
  let named = `${indent}:`;
  if (simple) {
    named = `${lead}${text(key, 'key', { lead: undefined, indent: within, step })}:`;
  } else {
    lines.push(`${lead}? ${text(key, 'value', { lead: `${lead}? `, indent: within, step })}`);
  }
  if (isBlock(value) && simple) {
    lines.push(named);
    write(value, { lines, lead: within, indent: within, step });
  } else if (isBlock(value)) {
    write(value, { lines, lead: `${named} `, indent: within, step });
  } else {
    const valueLead = `${named} `;
    lines.push(valueLead + scalar(value, { lead: valueLead, indent: within, step }));
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

function scalar(value: Rendered, at: ScalarPlace): string {
  if (typeof value === 'string') return text(value, 'value', at);
  if (value instanceof Float) {
    return value.bits === 32 ? goFloat32(value.value) : goFloat64(value.value);
  }
  if (value instanceof Timestamp) return value.text;
  if (Array.isArray(value)) return '[]';
  if (value instanceof Map) return '{}';
  return value === null ? 'null' : `${value as boolean | number | bigint}`;
}

function text(value: string, position: 'key' | 'value', at: ScalarPlace): string {
  switch (scalarStyle(value, position)) {
    case 'plain':
      return plainText(value, at);
    case 'single':
      return singleQuoted(value, at);
    case 'double':
      return doubleQuoted(value, at);
    case 'literal':
      return literal(value, at);
  }
}

/** The indentation is stated where the first line with text would hide it. */
function literal(value: string, { indent, step }: ScalarPlace): string {
  const body = value.replace(/\n$/, '');
  const chomping = !value.endsWith('\n') ? '-' : body === '' || body.endsWith('\n') ? '+' : '';
  const lines = body.split('\n').map((line) => (line === '' ? '' : `${indent}${line}`));
  return [`|${/^\n* /.test(value) ? step : ''}${chomping}`, ...lines].join('\n');
}
