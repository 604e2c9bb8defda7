import type { Diagnostic } from './diagnostic.ts';
import { parseDotenv } from './dotenv.ts';
import type { ParsedEnvFile } from './dotenv.ts';
import type { SourceFile } from './source.ts';
import type { Lookup } from './substitute.ts';

export interface EnvFileOptions {
  /** The `format` of an `env_file` entry: absent or `.env` is the dotenv dialect. */
  readonly format?: string | undefined;
  readonly lookup: Lookup;
  /** Variables of the env files before this one. */
  readonly earlier?: ReadonlyMap<string, string>;
}

/** Reads an env file in the format its entry names. */
export function parseEnvFile(file: SourceFile, options: EnvFileOptions): ParsedEnvFile {
  const { format = '', lookup, earlier } = options;
  if (format === '' || format === '.env') return parseDotenv(file, lookup, earlier);
  if (format === 'raw') return parseRawEnv(file, lookup);
  const fault: Diagnostic = {
    severity: 'error',
    code: 'env-file/format',
    message: `unsupported env_file format ${JSON.stringify(format)}`,
    hint: 'leave format out for the dotenv dialect, or write raw',
  };
  return { variables: new Map(), diagnostics: [fault] };
}

/**
 * The `raw` format, that of `docker run --env-file`: lines are taken as they are, with quotes and
 * dollars; a bare `KEY` takes its value from `lookup` or is left out.
 */
export function parseRawEnv(file: SourceFile, lookup: Lookup): ParsedEnvFile {
  const variables = new Map<string, string>();
  const diagnostics: Diagnostic[] = [];
  let next = 0;
  for (const whole of file.text.split('\n')) {
    const start = next;
    next += whole.length + 1;
    const line = whole.replace(/\r$/, '').replace(/^[\s\x85]+/, '');
    if (line === '' || line.startsWith('#')) continue;
    const equals = line.indexOf('=');
    const key = equals < 0 ? line : line.slice(0, equals);
    const fault = faultOfKey(key, line);
    if (fault !== undefined) {
      const span = { file, start, end: start + whole.length };
      diagnostics.push({ severity: 'error', code: 'env-file/raw', message: fault, span });
      continue;
    }
    const value = equals < 0 ? lookup(key) : line.slice(equals + 1);
    if (value !== undefined) variables.set(key, value);
  }
  return { variables, diagnostics };
}

function faultOfKey(key: string, line: string): string | undefined {
  if (key === '') return `failed to parse env_file: no variable name on line '${line}'`;
  return /[ \t]/.test(key)
    ? `failed to parse env_file: variable '${key}' contains whitespaces`
    : undefined;
}
