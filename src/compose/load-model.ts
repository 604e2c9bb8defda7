import { baseFiles } from './base-file.ts';
import { setDefaults } from './defaults.ts';
import type { Diagnostic } from './diagnostic.ts';
import { mergeOver, readInterpolated, report, toCanonical } from './document-stages.ts';
import type { SourceDocument } from './document-stages.ts';
import { applyExtends } from './extends.ts';
import type { ExtendsLoader } from './extends.ts';
import { applyInclude } from './include.ts';
import { hasErrors } from './load-session.ts';
import type { ModelContext } from './load-session.ts';
import type { MapNode } from './node.ts';
import { resolvePaths } from './paths.ts';
import { isRemotePath } from './remote-path.ts';
import { applyResets, rememberCleared } from './reset.ts';
import { resolveEnvironment } from './resolve-environment.ts';
import { checkSchema } from './schema-check.ts';
import { validateTree } from './validate.ts';

/**
 * Loads files as one model, in the order of the reference: each document is interpolated, gets its
 * includes and the services it extends, is merged over the documents before it, checked against the
 * schema and made canonical; then defaults, validation, paths and environment for the whole.
 * Reports into the session; undefined when something is wrong.
 */
export function loadModel(files: readonly string[], context: ModelContext): MapNode | undefined {
  const { access, found } = context.session;
  const since = found.length;
  const documents = files.flatMap((file) => readInterpolated(file, context));
  if (hasErrors(found, since)) return undefined;
  const merged = mergeDocuments(documents, context) ?? emptyModel(files, context);
  if (merged === undefined || hasErrors(found, since)) return undefined;
  const model = setDefaults(merged);
  report(validateTree(model), context);
  if (hasErrors(found, since)) return undefined;
  const { pathBase } = context;
  const resolved =
    pathBase === undefined
      ? model
      : resolvePaths(model, { workingDir: pathBase, files: access, isRemote: isRemotePath });
  return resolveEnvironment(resolved, context.environment);
}

function emptyModel(files: readonly string[], context: ModelContext): MapNode | undefined {
  const file = context.session.parsed.get(files[0] ?? '')?.file;
  return file && { kind: 'map', entries: new Map(), span: { file, start: 0, end: 0 } };
}

function mergeDocuments(
  documents: readonly SourceDocument[],
  context: ModelContext,
): MapNode | undefined {
  const { found } = context.session;
  const extending: ExtendsLoader = {
    report: (diagnostic) => report([diagnostic], context),
    openBase: baseFiles(context),
  };
  let model: MapNode | undefined;
  for (const [index, document] of documents.entries()) {
    const since = found.length;
    model = mergeDocument(model, document, { context, extending });
    if (!hasErrors(found, since)) continue;
    checkAlone(documents.slice(index + 1), context);
    return undefined;
  }
  return model;
}

function mergeDocument(
  model: MapNode | undefined,
  { file, node: document, resets }: SourceDocument,
  { context, extending }: { context: ModelContext; extending: ExtendsLoader },
): MapNode | undefined {
  const { found } = context.session;
  const since = found.length;
  const including = applyInclude({ document, resets, file, context, loadModel });
  if (hasErrors(found, since)) return undefined;
  const before = model === undefined ? undefined : applyResets(model, resets);
  const remembering = model === undefined ? including : rememberCleared(including, model, resets);
  const extended = applyExtends(remembering, { file, resets }, extending);
  if (hasErrors(found, since)) return undefined;
  const merged = mergeOver(before, extended, context);
  if (merged === undefined) return undefined;
  report(inFile(checkSchema(merged), file), context);
  if (hasErrors(found, since)) return undefined;
  return toCanonical(dropVersion(merged, file, context), context);
}

/** After a fault: what the later documents get wrong by themselves. */
function checkAlone(documents: readonly SourceDocument[], context: ModelContext): void {
  for (const { file, node } of documents) {
    report(inFile(checkSchema(node), file), context);
  }
}

function inFile(diagnostics: readonly Diagnostic[], file: string): Diagnostic[] {
  return diagnostics.map((diagnostic) => ({
    ...diagnostic,
    message: `validating ${file}: ${diagnostic.message}`,
  }));
}

function dropVersion(model: MapNode, file: string, context: ModelContext): MapNode {
  const version = model.entries.get('version');
  if (version === undefined) return model;
  const { found } = context.session;
  const message = `${file}: the attribute \`version\` is obsolete, it will be ignored, please remove it to avoid potential confusion`;
  if (!found.some((earlier) => earlier.message === message)) {
    const span = version.keySpan;
    found.push({
      severity: 'warning',
      code: 'load/obsolete-version',
      message,
      span,
      path: 'version',
    });
  }
  const entries = new Map(model.entries);
  entries.delete('version');
  return { ...model, entries };
}
