import type { Diagnostic } from './diagnostic.ts';
import { readInterpolated } from './document-stages.ts';
import type { FileAccess } from './files.ts';
import { hasErrors, readDocuments } from './load-session.ts';
import type { LoadSession } from './load-session.ts';
import type { StringMap } from './model-basics.ts';
import { nodeAt } from './node.ts';
import type { MapNode, Node } from './node.ts';
import { locateFile } from './remote-file.ts';
import { isRemotePath } from './remote-path.ts';
import { isLiteral, isSensitiveName } from './sensitive.ts';
import type { SourceFile, Span } from './source.ts';

/** A file beside the Compose file that a service names. */
export interface FileUse {
  readonly kind: 'env_file' | 'extends';
  readonly service: string;
  /** Absolute. */
  readonly path: string;
  /** Where it is named. */
  readonly span: Span;
}

/** A Compose file as it is written, as far as publishing it is concerned. */
export interface PublishableFile {
  readonly file: SourceFile;
  readonly uses: readonly FileUse[];
  /** Files of this machine that it includes. */
  readonly localIncludes: readonly Span[];
  /** Services → variables that look secret and have their value written out. */
  readonly literals: ReadonlyMap<string, readonly string[]>;
  /** Configs whose content is written out. */
  readonly literalConfigs: readonly string[];
}

export interface PublishSurroundings {
  readonly access: FileAccess;
  readonly environment: StringMap;
  /** Absolute; what relative paths in the file start from. */
  readonly directory: string;
}

/** Reads a Compose file that is to be published; undefined with a fault in `found` where that fails. */
export function readPublishable(
  path: string,
  { access, environment, directory }: PublishSurroundings,
  found: Diagnostic[],
): PublishableFile | undefined {
  const session: LoadSession = {
    access,
    skipInterpolation: false,
    keepRelativePaths: false,
    found: [],
    parsed: new Map(),
  };
  const context = { session, workingDir: directory, pathBase: directory, environment, chain: [] };
  const parsed = readDocuments(session, path);
  const documents = readInterpolated(path, context).map(({ node }) => node);
  found.push(...session.found.filter(({ severity }) => severity === 'error'));
  if (parsed === undefined || hasErrors(session.found)) return undefined;
  const raw = parsed.documents;
  return {
    file: parsed.file,
    uses: documents.flatMap((document) => usesOf(document, directory, access)),
    localIncludes: documents.flatMap(localIncludes),
    literals: new Map(raw.flatMap(literalsOf)),
    literalConfigs: raw.flatMap(literalConfigsOf),
  };
}

/** The text of the file with other names for the files that it uses; everything else stays. */
export function withFileNames(
  { file, uses }: PublishableFile,
  names: ReadonlyMap<string, string>,
): string {
  const places = new Map(uses.map(({ span, path }) => [span.start, { span, path }]));
  let text = '';
  let end = 0;
  for (const { span, path } of [...places.values()].toSorted(
    (left, right) => left.span.start - right.span.start,
  )) {
    text += file.text.slice(end, span.start) + (names.get(path) ?? textOf(span));
    end = span.end;
  }
  return text + file.text.slice(end);
}

function textOf({ file, start, end }: Span): string {
  return file.text.slice(start, end);
}

function usesOf(document: MapNode, directory: string, access: FileAccess): FileUse[] {
  return entriesOf(document, 'services').flatMap(([service, definition]) => {
    const envFiles = listOf(nodeAt(definition, ['env_file'])).map((item) =>
      item.kind === 'map' ? nodeAt(item, ['path']) : item,
    );
    const extended = nodeAt(definition, ['extends', 'file']);
    const use = (kind: FileUse['kind'], node: Node | undefined): FileUse[] => {
      if (node?.kind !== 'scalar' || node.type === 'null') return [];
      const name = String(node.value);
      if (isRemotePath(name)) return [];
      const home = name === '~' || name.startsWith('~/') ? access.home + name.slice(1) : name;
      const located = locateFile(home, directory, access);
      return located.ok ? [{ kind, service, path: located.value.path, span: node.span }] : [];
    };
    return [...envFiles.flatMap((node) => use('env_file', node)), ...use('extends', extended)];
  });
}

function localIncludes(document: MapNode): Span[] {
  return listOf(document.entries.get('include')?.value)
    .flatMap((item) => listOf(item.kind === 'map' ? nodeAt(item, ['path']) : item))
    .filter((node) => node.kind === 'scalar' && !isRemotePath(String(node.value)))
    .map(({ span }) => span);
}

function literalsOf(document: MapNode): [string, string[]][] {
  return entriesOf(document, 'services').flatMap(([service, definition]): [string, string[]][] => {
    const names = variablesOf(nodeAt(definition, ['environment']))
      .filter(([name, value]) => isSensitiveName(name) && isLiteral(value))
      .map(([name]) => name);
    return names.length === 0 ? [] : [[service, names.toSorted()]];
  });
}

function variablesOf(node: Node | undefined): [string, string][] {
  if (node?.kind === 'map') {
    return [...node.entries].map(([name, { value }]) => [name, scalarText(value)]);
  }
  return listOf(node).map((item) => {
    const [name = '', ...value] = scalarText(item).split('=');
    return [name, value.join('=')];
  });
}

function literalConfigsOf(document: MapNode): string[] {
  return entriesOf(document, 'configs').flatMap(([name, config]) => {
    const content = nodeAt(config, ['content']);
    return content !== undefined && isLiteral(scalarText(content)) ? [name] : [];
  });
}

function scalarText(node: Node): string {
  return node.kind === 'scalar' && node.type !== 'null' ? String(node.value) : '';
}

function listOf(node: Node | undefined): readonly Node[] {
  if (node === undefined) return [];
  return node.kind === 'seq' ? node.items : [node];
}

function entriesOf(document: MapNode, section: string): [string, Node][] {
  const found = document.entries.get(section)?.value;
  return found?.kind === 'map' ? [...found.entries].map(([name, { value }]) => [name, value]) : [];
}
