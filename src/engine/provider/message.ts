import { fail, ok, type Result } from '../../foundation/result.ts';

/** What a provider says on its standard output. */
export type ProviderMessage =
  | { readonly type: 'info' | 'error' | 'debug'; readonly text: string }
  | { readonly type: 'setenv' | 'rawsetenv'; readonly key: string; readonly value: string };

/** One JSON object of a provider, or the words of Compose for what is wrong with it. */
export function parseProviderMessage(json: string): Result<ProviderMessage, string> {
  const value = parse(json);
  if (value === undefined) return fail(syntaxFault(json));
  const { type, message } = value as { type?: unknown; message?: unknown };
  const text = typeof message === 'string' ? message : '';
  switch (type) {
    case 'info':
    case 'error':
    case 'debug':
      return ok({ type, text });
    case 'setenv':
    case 'rawsetenv': {
      const equals = text.indexOf('=');
      if (equals < 0) return fail(`invalid response from plugin: ${text}`);
      return ok({ type, key: text.slice(0, equals), value: text.slice(equals + 1) });
    }
    default:
      return fail(`invalid response from plugin: ${typeof type === 'string' ? type : ''}`);
  }
}

/** The first line, for a line of progress. */
export function firstLine(text: string): string {
  return text.replace(/\n+$/, '').split('\n', 1)[0] ?? '';
}

function parse(json: string): object | undefined {
  try {
    const value: unknown = JSON.parse(json);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function syntaxFault(text: string): string {
  const first = text[0] ?? '';
  return first === '{'
    ? `invalid response from plugin: ${text}`
    : `invalid character ${first === "'" ? String.raw`'\''` : `'${first}'`} looking for beginning of value`;
}
