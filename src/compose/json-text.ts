import type { Rendered } from './rendered.ts';
import { Float, Timestamp } from './rendered.ts';
import { jsonFloat32 } from './scalar-text.ts';

/** JSON as Go's encoding/json writes it: compact, or indented by `indent`; `<>&` are escaped. */
export function jsonText(value: Rendered, indent = ''): string {
  return write(value, indent === '' ? undefined : { step: indent, line: '\n' });
}

interface Layout {
  readonly step: string;
  /** Line break and indentation of the element that is being written. */
  readonly line: string;
}

function write(value: Rendered, layout: Layout | undefined): string {
  if (typeof value === 'string') return quoted(value);
  if (value instanceof Timestamp) return quoted(value.text);
  if (value instanceof Float) {
    return value.bits === 32 ? jsonFloat32(value.value) : String(value.value);
  }
  const inner = layout && { ...layout, line: layout.line + layout.step };
  if (value instanceof Map) {
    const separator = layout === undefined ? ':' : ': ';
    const entries = [...(value as ReadonlyMap<string, Rendered>)].map(
      ([key, entry]) => `${quoted(key)}${separator}${write(entry, inner)}`,
    );
    return enclosed('{', entries, '}', layout);
  }
  if (Array.isArray(value)) {
    const items = (value as readonly Rendered[]).map((item) => write(item, inner));
    return enclosed('[', items, ']', layout);
  }
  return value === null ? 'null' : `${value as boolean | number | bigint}`;
}

function enclosed(open: string, parts: readonly string[], close: string, layout?: Layout): string {
  if (parts.length === 0 || layout === undefined) return `${open}${parts.join(',')}${close}`;
  const line = layout.line + layout.step;
  return `${open}${line}${parts.join(`,${line}`)}${layout.line}${close}`;
}

function quoted(text: string): string {
  return escapeJson(JSON.stringify(text));
}

/** Escapes in JSON text what Go's encoding/json escapes beyond what has to be. */
export function escapeJson(json: string): string {
  if (!/[<>&\u2028\u2029]/.test(json)) return json;
  return json.replaceAll(
    /[<>&\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
