import { goJson } from '../go-json.ts';
import { templateFunctions } from '../template/docker-functions.ts';
import { applyTemplate } from '../template/evaluate.ts';
import { parseTemplate } from '../template/parse.ts';
import { TemplateError } from '../template/template-error.ts';
import type { Callable } from '../template/values.ts';

const functions: ReadonlyMap<string, Callable> = new Map<string, Callable>([
  ...templateFunctions,
  ['json', { parameters: ['any'], call: (value) => goJson(toJson(value)) }],
  ['prettyjson', { parameters: ['any'], call: (value) => goJson(toJson(value), { indent: 4 }) }],
]);

/**
 * Applies a Go template to JSON, as docker-machine did: what is not there is `<no value>`, and there are the
 * functions `json` and `prettyjson`.
 *
 * @throws TemplateError when the template is wrong
 */
export function applyJsonTemplate(source: string, value: object): string {
  let text = '';
  const write = (part: string): void => {
    text += part;
  };
  try {
    const template = parseTemplate(source, new Set(functions.keys()));
    applyTemplate(template, toMaps(value), { functions, write });
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    throw new TemplateError(`template parsing error: ${error.message}`, error.hint);
  }
  return text;
}

/** Templates know maps, whose keys may be missing; an object would be a struct, whose fields may not. */
function toMaps(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(toMaps);
  if (value === null) return undefined;
  if (typeof value !== 'object') return value;
  return new Map(Object.entries(value).map(([key, part]) => [key, toMaps(part)]));
}

/** Back again, with the keys of maps in order, as Go writes them. */
function toJson(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(toJson);
  if (!(value instanceof Map)) return value ?? null;
  const entries = [...(value as ReadonlyMap<string, unknown>)];
  return Object.fromEntries(
    entries.toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([key, part]) => [key, toJson(part)]),
  );
}
