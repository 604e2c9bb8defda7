import { parseDotenv } from './dotenv.ts';
import type { FileAccess } from './files.ts';
import type { StringMap } from './model-basics.ts';
import type { ProjectOptions } from './project-options.ts';
import { lineColumn } from './source.ts';
import type { SourceFile, Span } from './source.ts';

/** One place that gives a variable a value. */
export interface VariableSource {
  /** Absent: the environment that the command runs in. */
  readonly span?: Span;
  readonly value: string;
}

/**
 * Where the value of an interpolation variable can come from, the source that counts first: the
 * environment of the command, then env files, later ones before earlier ones. Empty: not set.
 */
export function explainVariable(
  name: string,
  options: Pick<ProjectOptions, 'readEnvFiles'>,
  process: StringMap,
  access: FileAccess,
): VariableSource[] {
  const sources: VariableSource[] = [];
  const own = Object.hasOwn(process, name) ? process[name] : undefined;
  if (own !== undefined) sources.push({ value: own });
  for (const path of options.readEnvFiles) {
    const read = access.read(path);
    if (!read.ok) continue;
    const file: SourceFile = { path, text: new TextDecoder().decode(read.bytes) };
    const lookup = (key: string): string | undefined =>
      Object.hasOwn(process, key) ? process[key] : undefined;
    const value = parseDotenv(file, lookup).variables.get(name);
    if (value !== undefined) sources.push({ value, span: lastAssignment(file, name) });
  }
  return sources;
}

/** The line that sets `name` last; the start of the file where it is written in an unusual way. */
function lastAssignment(file: SourceFile, name: string): Span {
  const escaped = name.replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`);
  const lines = new RegExp(String.raw`^[ \t]*(?:export[ \t]+)?${escaped}[ \t]*(?:[=:].*)?$`, 'gm');
  const last = [...file.text.matchAll(lines)].at(-1);
  const start = last?.index ?? 0;
  return { file, start, end: start + (last?.[0].length ?? 0) };
}

/** The sources as lines for a person. */
export function formatVariable(name: string, sources: readonly VariableSource[]): string[] {
  const [first] = sources;
  if (first === undefined) return [`${name} is not set`];
  const lines = [`${name} = ${JSON.stringify(first.value)}`];
  for (const [index, { span, value }] of sources.entries()) {
    const place =
      span === undefined
        ? 'the environment of this command'
        : `${span.file.path}:${lineColumn(span.file, span.start).line}`;
    lines.push(
      index === 0
        ? `  set by ${place}`
        : `  overrides ${place}, which sets ${JSON.stringify(value)}`,
    );
  }
  return lines;
}
