import { dirname, isAbsolute, join } from 'node:path';

import type { Diagnostic } from './diagnostic.ts';
import { chainNotes, hasErrors, pathBaseFor } from './load-session.ts';
import type { ChainLink, ModelContext } from './load-session.ts';
import { mergeAt } from './merge.ts';
import type { StringMap } from './model-basics.ts';
import { nodeAt } from './node.ts';
import type { MapNode, Node } from './node.ts';
import { overriding } from './overriding.ts';
import { readEnvFiles } from './project-environment.ts';
import { locateFile } from './remote-file.ts';
import { applyResets, rememberCleared, resetsAt } from './reset.ts';
import type { Resets } from './reset.ts';
import type { Span } from './source.ts';
import { withEntry } from './tree-edit.ts';

/** Sections that an included model shares with the one that includes it. */
const sections = ['services', 'volumes', 'networks', 'secrets', 'configs', 'models'] as const;

/** Loads the files of one entry as a model of its own; undefined after a reported fault. */
export type LoadModel = (files: readonly string[], context: ModelContext) => MapNode | undefined;

export interface IncludingDocument {
  readonly document: MapNode;
  readonly resets: Resets;
  /** The file of the document; every included file is checked against the chain up to it. */
  readonly file: string;
  readonly context: ModelContext;
  readonly loadModel: LoadModel;
}

interface IncludeEntry {
  readonly span: Span;
  readonly paths: readonly { readonly text: string; readonly span: Span }[];
  readonly projectDirectory?: string;
  readonly envFiles: readonly { readonly text: string; readonly span: Span }[];
}

/**
 * Loads what the document includes and merges the document over it: each entry with its own working
 * directory and environment, and only the sections that a project consists of.
 */
export function applyInclude(including: IncludingDocument): MapNode {
  const { document, context, loadModel } = including;
  const section = document.entries.get('include')?.value;
  if (section === undefined) return document;
  const entries = new Map(document.entries);
  entries.delete('include');
  let merged: MapNode = { ...document, entries };
  for (const entry of readEntries(section, context)) {
    const included = contextOf(entry, including);
    if (included === undefined) continue;
    const imported = loadModel(included.files, included.context);
    if (imported !== undefined) merged = importSections(imported, merged, including);
  }
  return merged;
}

function readEntries(section: Node, context: ModelContext): IncludeEntry[] {
  if (section.kind === 'scalar' && section.type === 'null') return [];
  if (section.kind === 'seq') {
    return section.items.flatMap((item, index) => readEntry(item, index, context) ?? []);
  }
  const shown = section.kind === 'scalar' ? String(section.value) : 'a mapping';
  report(context, {
    message: `\`include\` must be a list, got ${shown}`,
    span: section.span,
    path: 'include',
    hint: 'write one entry per line: `include:` and below it `- FILE`',
  });
  return [];
}

function readEntry(item: Node, index: number, context: ModelContext): IncludeEntry | undefined {
  const path = `include[${index}]`;
  const written = item.kind === 'scalar' ? item : nodeAt(item, ['path']);
  const paths = written === undefined ? [] : texts(written);
  if (paths === undefined || item.kind === 'seq') {
    const message = `${path} must be a path or a mapping with \`path\``;
    report(context, { message, span: (written ?? item).span, path });
    return undefined;
  }
  const envFile = nodeAt(item, ['env_file']);
  const envFiles = envFile === undefined ? [] : texts(envFile);
  const directory = nodeAt(item, ['project_directory']);
  const [projectDirectory] = directory === undefined ? [] : (texts(directory) ?? []);
  if (envFiles === undefined) {
    const message = `${path}.env_file must be a path or a list of paths`;
    report(context, { message, span: (envFile ?? item).span, path });
    return undefined;
  }
  return {
    span: item.span,
    paths,
    envFiles,
    ...(projectDirectory !== undefined &&
      projectDirectory.text !== '' && { projectDirectory: projectDirectory.text }),
  };
}

function texts(node: Node): { text: string; span: Span }[] | undefined {
  const items = node.kind === 'seq' ? node.items : [node];
  const found: { text: string; span: Span }[] = [];
  for (const item of items) {
    if (item.kind !== 'scalar') return undefined;
    if (item.type === 'null') continue;
    found.push({ text: String(item.value), span: item.span });
  }
  return found;
}

interface Included {
  readonly files: readonly string[];
  readonly context: ModelContext;
}

function contextOf(entry: IncludeEntry, including: IncludingDocument): Included | undefined {
  const { context, file } = including;
  const since = context.session.found.length;
  const files = entry.paths.flatMap((path) => located(path, context));
  const main = files[0];
  if (hasErrors(context.session.found, since)) return undefined;
  if (main === undefined) return undefined;
  const chain = [...context.chain, { path: file }];
  for (const [index, path] of files.entries()) {
    if (chain.some((link) => link.path === path)) {
      const link = { path, span: entry.paths[index]?.span ?? entry.span };
      reportCycle(context, [...chain, link]);
      return undefined;
    }
  }
  const given = entry.projectDirectory;
  const directory = given === undefined ? dirname(main) : absolute(context.workingDir, given);
  const environment = environmentOf(entry, directory, context);
  const workingDir = existing(directory, given, context);
  if (hasErrors(context.session.found, since)) return undefined;
  const links = [...context.chain, { path: file, span: entry.paths[0]?.span ?? entry.span }];
  const pathBase = pathBaseFor(workingDir, context);
  return { files, context: { ...context, workingDir, pathBase, environment, chain: links } };
}

function located({ text, span }: IncludeEntry['paths'][number], context: ModelContext): string[] {
  const found = locateFile(text, context.workingDir, context.session.access);
  if (found.ok) return [found.value.path];
  report(context, { code: 'load/remote-file', ...found.error, span, path: 'include' });
  return [];
}

/** A relative project directory that does not exist counts as its parent, as in the reference. */
function existing(directory: string, given: string | undefined, context: ModelContext): string {
  if (given === undefined || isAbsolute(given)) return directory;
  const isThere = context.session.access.kind(directory) === 'directory';
  return isThere ? directory : dirname(directory);
}

function environmentOf(entry: IncludeEntry, directory: string, context: ModelContext): StringMap {
  const files =
    entry.envFiles.length > 0 ? namedEnvFiles(entry, context) : dotenvIn(directory, context);
  if (files.length === 0) return context.environment;
  const { access, found } = context.session;
  const added = readEnvFiles(files, context.environment, access, (fault) => found.push(fault));
  return { ...Object.fromEntries(added), ...context.environment };
}

function dotenvIn(directory: string, context: ModelContext): string[] {
  const path = join(directory, '.env');
  const kind = context.session.access.kind(path);
  return kind === 'missing' || kind === 'directory' ? [] : [path];
}

function namedEnvFiles(entry: IncludeEntry, context: ModelContext): string[] {
  const files: string[] = [];
  for (const { text, span } of entry.envFiles) {
    if (text === '/dev/null') continue;
    const path = absolute(context.workingDir, text);
    const kind = context.session.access.kind(path);
    if (kind === 'missing') {
      const message = isAbsolute(text)
        ? `couldn't find env file: ${path}`
        : `stat ${path}: no such file or directory`;
      report(context, { message, span, path: 'include' });
    } else if (kind === 'directory') {
      report(context, { message: `${path} is not a file`, span, path: 'include' });
    } else files.push(path);
  }
  return files;
}

function importSections(
  imported: MapNode,
  document: MapNode,
  including: IncludingDocument,
): MapNode {
  let merged = document;
  for (const section of sections) {
    const from = imported.entries.get(section)?.value;
    if (from?.kind !== 'map') continue;
    const present = document.entries.get(section)?.value;
    const to: MapNode = present?.kind === 'map' ? present : { ...from, entries: new Map() };
    const entries = new Map(to.entries);
    for (const [name, entry] of from.entries) {
      const own = to.entries.get(name);
      const value = own && mergeResource([section, name], entry.value, own.value, including);
      entries.set(name, own && value ? { ...own, value } : entry);
    }
    merged = withEntry(merged, section, { ...to, entries });
  }
  return merged;
}

/** The own definition merged over the included one, as if the included file came first. */
function mergeResource(
  path: readonly string[],
  base: Node,
  own: Node,
  { resets, context }: IncludingDocument,
): Node {
  const below = resetsAt(resets, path);
  if (below.cleared) return overriding(own, base);
  const remembering = rememberCleared(own, base, below);
  const { node, diagnostics } = mergeAt(applyResets(base, below), remembering, path);
  context.session.found.push(...diagnostics);
  return node;
}

function reportCycle(context: ModelContext, chain: readonly ChainLink[]): void {
  const [first, ...others] = chain.map((link) => link.path);
  report(context, {
    message: `include cycle detected:\n${first}\n include ${others.join('\n include ')}`,
    span: chain.at(-1)?.span,
    path: 'include',
  });
}

function report(
  context: ModelContext,
  fault: { message: string; span: Span | undefined; path: string; hint?: string; code?: string },
): void {
  const { message, span, path, hint, code = 'include/invalid' } = fault;
  const notes = chainNotes(context.chain);
  const diagnostic: Diagnostic = {
    severity: 'error',
    code,
    message,
    path,
    ...(span !== undefined && { span }),
    ...(hint !== undefined && { hint }),
    ...(notes.length > 0 && { notes }),
  };
  context.session.found.push(diagnostic);
}

function absolute(directory: string, path: string): string {
  return isAbsolute(path) ? path : join(directory, path);
}
