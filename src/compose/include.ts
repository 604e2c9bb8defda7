import { dirname, isAbsolute, join } from 'node:path';

import type { Diagnostic } from './diagnostic.ts';
import { loadEnvFiles } from './env-files.ts';
import { chainNotes, hasErrors } from './load-session.ts';
import type { ChainLink, ModelContext } from './load-session.ts';
import { mergeAt } from './merge.ts';
import type { StringMap } from './model-basics.ts';
import { nodeAt } from './node.ts';
import type { MapEntry, MapNode, Node } from './node.ts';
import { applyResets, rememberCleared, resetsAt } from './reset.ts';
import type { Resets } from './reset.ts';
import type { Span } from './source.ts';

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
  const files = entry.paths.map(({ text }) => absolute(context.workingDir, text));
  const main = files[0];
  const since = context.session.found.length;
  if (main === undefined) return undefined;
  const chain = [...context.chain, { path: file }];
  for (const [index, path] of files.entries()) {
    if (chain.some((link) => link.path === path)) {
      const link = { path, span: entry.paths[index]?.span ?? entry.span };
      reportCycle(context, [...chain, link]);
      return undefined;
    }
  }
  const workingDir = projectDirectory(entry, main, context);
  const environment = environmentOf(entry, workingDir, context);
  if (hasErrors(context.session.found, since)) return undefined;
  const links = [...context.chain, { path: file, span: entry.paths[0]?.span ?? entry.span }];
  return { files, context: { ...context, workingDir, environment, chain: links } };
}

/** A directory that does not exist counts as its parent, as in the reference. */
function projectDirectory(entry: IncludeEntry, main: string, context: ModelContext): string {
  const given = entry.projectDirectory;
  if (given === undefined) return dirname(main);
  if (isAbsolute(given)) return given;
  const path = join(context.workingDir, given);
  return context.session.access.kind(path) === 'directory' ? path : dirname(path);
}

function environmentOf(entry: IncludeEntry, workingDir: string, context: ModelContext): StringMap {
  const { access } = context.session;
  const files: string[] = [];
  if (entry.envFiles.length === 0) {
    const path = join(entry.projectDirectory === undefined ? workingDir : absolute(context.workingDir, entry.projectDirectory), '.env');
    const kind = access.kind(path);
    if (kind !== 'missing' && kind !== 'directory') files.push(path);
  }
  for (const { text, span } of entry.envFiles) {
    if (text === '/dev/null') continue;
    const path = absolute(context.workingDir, text);
    const kind = access.kind(path);
    if (kind === 'missing') {
      const message = isAbsolute(text)
        ? `couldn't find env file: ${path}`
        : `stat ${path}: no such file or directory`;
      report(context, { message, span, path: 'include' });
    } else if (kind === 'directory') {
      report(context, { message: `${path} is not a file`, span, path: 'include' });
    } else files.push(path);
  }
  if (files.length === 0) return context.environment;
  const loaded = loadEnvFiles(files, context.environment, access);
  for (const fault of loaded.diagnostics) context.session.found.push(fault);
  return { ...loaded.environment, ...context.environment };
}

function importSections(
  imported: MapNode,
  document: MapNode,
  { resets, context }: IncludingDocument,
): MapNode {
  const entries = new Map(document.entries);
  for (const section of sections) {
    const from = imported.entries.get(section);
    if (from?.value.kind !== 'map') continue;
    const present = entries.get(section);
    const to = present?.value.kind === 'map' ? present.value : undefined;
    const resources = new Map<string, MapEntry>(to?.entries);
    for (const [name, entry] of from.value.entries) {
      const own = resources.get(name);
      resources.set(
        name,
        own === undefined ? entry : mergeResource([section, name], entry, own),
      );
    }
    const value: MapNode = { ...(to ?? from.value), entries: resources };
    entries.set(section, { keySpan: present?.keySpan ?? from.keySpan, value });
  }
  return { ...document, entries };

  function mergeResource(path: readonly string[], base: MapEntry, own: MapEntry): MapEntry {
    const below = resetsAt(resets, path);
    if (below.cleared) return own;
    const remembering = rememberCleared(own.value, base.value, below);
    const { node, diagnostics } = mergeAt(applyResets(base.value, below), remembering, path);
    context.session.found.push(...diagnostics);
    return { ...own, value: node };
  }
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
  fault: { message: string; span: Span | undefined; path: string; hint?: string },
): void {
  const { message, span, path, hint } = fault;
  const notes = chainNotes(context.chain);
  const diagnostic: Diagnostic = {
    severity: 'error',
    code: 'include/invalid',
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
