import { basename, isAbsolute, relative } from 'node:path';

import { mergeOver, readInterpolated, report, toCanonical } from './document-stages.ts';
import type { BaseRequest, ExtendsScope } from './extends.ts';
import { hasErrors, pathBaseFor } from './load-session.ts';
import type { ModelContext } from './load-session.ts';
import type { MapNode } from './node.ts';
import { resolvePaths } from './paths.ts';
import { locateFile } from './remote-file.ts';
import type { LocatedFile } from './remote-file.ts';
import { isRemotePath } from './remote-path.ts';
import { applyResets } from './reset.ts';
import type { Resets } from './reset.ts';

/**
 * Opens files that services extend: interpolated with the environment of the extending model, its
 * documents merged, in canonical form, paths resolved against the file's own directory; neither
 * included files nor the schema count. Every file is opened once.
 */
export function baseFiles(
  context: ModelContext,
): (request: BaseRequest) => ExtendsScope | undefined {
  const opened = new Map<string, ExtendsScope | undefined>();
  return (request) => {
    const found = locateFile(request.file, context.workingDir, context.session.access);
    if (!found.ok) {
      const { span } = request;
      report([{ severity: 'error', code: 'load/remote-file', ...found.error, span }], context);
      return undefined;
    }
    const key = `${found.value.base}\0${found.value.path}`;
    if (!opened.has(key)) opened.set(key, open(found.value, request, context));
    return opened.get(key);
  };
}

function open(
  { path, base: directory }: LocatedFile,
  request: BaseRequest,
  context: ModelContext,
): ExtendsScope | undefined {
  const { found, access } = context.session;
  const since = found.length;
  const chain = [...context.chain, { path, span: request.span }];
  const base = mergeAll(path, { ...context, chain });
  if (base === undefined || hasErrors(found, since)) return undefined;
  const services = base.model?.entries.get('services')?.value;
  const intro = `cannot extend service ${JSON.stringify(request.service)} in ${path}: `;
  if (base.model === undefined || services?.kind !== 'map') {
    const what = services === undefined ? 'no services section' : 'services must be a mapping';
    const { span } = request;
    report(
      [{ severity: 'error', code: 'extends/no-services', message: intro + what, span }],
      context,
    );
    return undefined;
  }
  const resolved = resolvePaths(base.model, {
    workingDir: pathBaseFor(directory, context),
    files: access,
    isRemote: isRemotePath,
  });
  const section = resolved.entries.get('services')?.value;
  return {
    file: shownPath(path, request.file, context.workingDir),
    services: new Map(section?.kind === 'map' ? section.entries : []),
    resets: base.resets,
    resolved: new Set(),
  };
}

interface Base {
  readonly model: MapNode | undefined;
  /** Of the last document. */
  readonly resets: Resets;
}

function mergeAll(path: string, context: ModelContext): Base | undefined {
  const { found } = context.session;
  const since = found.length;
  let model: MapNode | undefined;
  let resets: Resets | undefined;
  for (const document of readInterpolated(path, context)) {
    resets = document.resets;
    const below = model === undefined ? undefined : applyResets(model, resets);
    const merged = mergeOver(below, document.node, context);
    model = merged === undefined ? undefined : toCanonical(merged, context);
    if (hasErrors(found, since)) return undefined;
  }
  return hasErrors(found, since) ? undefined : { model, resets: resets ?? noResets };
}

const noResets: Resets = { cleared: false, below: new Map() };

/** As it was written; as seen from the working directory when it was resolved from another file. */
function shownPath(path: string, written: string, workingDir: string): string {
  if (!isAbsolute(written)) return written;
  const shown = relative(workingDir, path);
  return shown === '' ? basename(path) : shown;
}
