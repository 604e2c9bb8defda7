import { relative } from 'node:path';

import type { Diagnostic, DiagnosticNote } from './diagnostic.ts';
import type { FileAccess, ReadFailure } from './files.ts';
import type { StringMap } from './model-basics.ts';
import type { MapNode } from './node.ts';
import { lineColumn } from './source.ts';
import type { SourceFile, Span } from './source.ts';
import { parseYaml } from './yaml.ts';

/** What all parts of one load share. */
export interface LoadSession {
  readonly access: FileAccess;
  readonly skipInterpolation: boolean;
  /** Paths stay relative: those of other directories become relative to the working directory. */
  readonly keepRelativePaths: boolean;
  /** Every fault and warning so far, in the order they were found. */
  readonly found: Diagnostic[];
  /** Files that were read already, by path. */
  readonly parsed: Map<string, ParsedFile>;
}

export interface ParsedFile {
  readonly file: SourceFile;
  readonly documents: readonly MapNode[];
  readonly diagnostics: readonly Diagnostic[];
}

/** One model on its way: the project itself, or one entry of `include`. */
export interface ModelContext {
  readonly session: LoadSession;
  /** Absolute; what relative paths of the model start from. */
  readonly workingDir: string;
  /** What they are joined with; absent: they are left alone. */
  readonly pathBase: string | undefined;
  readonly environment: StringMap;
  /** Files whose `include` led here, outermost first, each with the place it was named. */
  readonly chain: readonly ChainLink[];
}

export interface ChainLink {
  readonly path: string;
  /** Where the file was asked for; absent for the project's own files. */
  readonly span?: Span;
}

/** What relative paths below `directory` are joined with so that they suit the model `context`. */
export function pathBaseFor(
  directory: string,
  { session, workingDir }: Pick<ModelContext, 'session' | 'workingDir'>,
): string {
  return session.keepRelativePaths ? relative(workingDir, directory) : directory;
}

/** Whether there is an error in `found` from position `since` on. */
export function hasErrors(found: readonly Diagnostic[], since = 0): boolean {
  for (let index = since; index < found.length; index += 1) {
    if (found[index]?.severity === 'error') return true;
  }
  return false;
}

/** How the reading of `path` failed, in the words of the system that the reference passes on. */
export function readFailure(path: string, error: ReadFailure, detail: string): string {
  switch (error) {
    case 'not-found':
      return `open ${path}: no such file or directory`;
    case 'is-directory':
      return `read ${path}: is a directory`;
    case 'permission-denied':
      return `open ${path}: permission denied`;
    case 'failed':
      return `read ${path}: ${detail}`;
  }
}

/**
 * Reads and parses a Compose file once per load. What is wrong with it is reported the first time;
 * the result is undefined when the file cannot be used.
 */
export function readDocuments(
  session: LoadSession,
  path: string,
  chain: readonly ChainLink[] = [],
): ParsedFile | undefined {
  let parsed = session.parsed.get(path);
  if (parsed === undefined) {
    parsed = parseFile(session.access, path);
    session.parsed.set(path, parsed);
    const notes = chainNotes(chain);
    for (const fault of parsed.diagnostics) session.found.push(withNotes(fault, notes));
  }
  return hasErrors(parsed.diagnostics) ? undefined : parsed;
}

function parseFile(access: FileAccess, path: string): ParsedFile {
  const read = access.read(path);
  if (!read.ok) {
    const message = readFailure(path, read.error, read.detail);
    return unusable(path, { severity: 'error', code: 'load/unreadable-file', message });
  }
  const text = decodeText(read.bytes);
  if (text === undefined) {
    return unusable(path, {
      severity: 'error',
      code: 'yaml/encoding',
      message: `failed to parse ${path}: yaml: invalid leading UTF-8 octet`,
      hint: 'a Compose file is text in UTF-8',
    });
  }
  const origin = access.origin?.(path);
  const file: SourceFile = { path, text, ...(origin !== undefined && { origin }) };
  const { documents, diagnostics } = parseYaml(file);
  return {
    file,
    documents: documents.filter((node) => node.kind === 'map'),
    diagnostics: diagnostics.map((fault) => ({ ...fault, message: parseMessage(fault) })),
  };
}

/** Faults that the reference finds after its first pass over the syntax name the file. */
const namesFile = new Set(['yaml/duplicate-key', 'yaml/merge-value', 'yaml/too-large']);

function parseMessage({ code, message, span }: Diagnostic): string {
  if (!namesFile.has(code) || span === undefined) return message;
  const { line } = lineColumn(span.file, span.start);
  const at = code === 'yaml/duplicate-key' ? `line ${line}: ` : '';
  return `failed to parse ${span.file.path}: ${at}${message}`;
}

function unusable(path: string, fault: Diagnostic): ParsedFile {
  const file: SourceFile = { path, text: '' };
  return { file, documents: [], diagnostics: [fault] };
}

function decodeText(bytes: Uint8Array): string | undefined {
  const encoding =
    bytes[0] === 0xff && bytes[1] === 0xfe
      ? 'utf-16le'
      : bytes[0] === 0xfe && bytes[1] === 0xff
        ? 'utf-16be'
        : 'utf-8';
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/** `included from` notes for a fault in a file that the user did not name. */
export function chainNotes(chain: readonly ChainLink[]): DiagnosticNote[] {
  return chain.flatMap(({ span }) =>
    span === undefined ? [] : [{ message: 'included from here', span }],
  );
}

function withNotes(fault: Diagnostic, notes: readonly DiagnosticNote[]): Diagnostic {
  return notes.length === 0 ? fault : { ...fault, notes: [...(fault.notes ?? []), ...notes] };
}
