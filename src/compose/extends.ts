import { nearest } from '../foundation/nearest.ts';
import type { Diagnostic } from './diagnostic.ts';
import { mergeAt } from './merge.ts';
import type { MapEntry, MapNode, Node, ScalarNode } from './node.ts';
import { applyResets, rememberCleared, resetsAt } from './reset.ts';
import type { Resets } from './reset.ts';
import type { Span } from './source.ts';

/** The services of one document or base file, while what they extend is merged into them. */
export interface ExtendsScope {
  /** The file as the user knows it: as it was named, for messages. */
  readonly file: string;
  /** Replaced one by one with the merged services. */
  readonly services: Map<string, MapEntry>;
  readonly resets: Resets;
  readonly resolved: Set<string>;
}

/** What `extends` needs of the loader. */
export interface ExtendsLoader {
  report(this: void, diagnostic: Diagnostic): void;
  /**
   * The services of another file, ready to be merged: interpolated, canonical, paths absolute.
   * Undefined after a fault was reported.
   */
  openBase(this: void, request: BaseRequest): ExtendsScope | undefined;
}

export interface BaseRequest {
  /** As written, or as resolved against the base file that names it. */
  readonly file: string;
  readonly service: string;
  readonly span: Span;
}

interface TrailStep {
  readonly scope: ExtendsScope;
  readonly service: string;
  readonly span: Span;
}

/**
 * Merges each service of `document` over the service that it extends, and so on to the end of the
 * chain. Services are looked up in the document itself or in the file that `extends` names.
 */
export function applyExtends(
  document: MapNode,
  origin: { readonly file: string; readonly resets: Resets },
  loader: ExtendsLoader,
): MapNode {
  const section = document.entries.get('services');
  if (section === undefined) return document;
  if (section.value.kind !== 'map') {
    loader.report(fault('services must be a mapping', section.value.span, 'services'));
    return document;
  }
  if (!mentionsExtends(section.value)) return document;
  const services = new Map(section.value.entries);
  const scope: ExtendsScope = { ...origin, services, resolved: new Set() };
  for (const name of section.value.entries.keys())
    resolveService(name, { scope, trail: [], loader });
  const entries = new Map(document.entries);
  entries.set('services', { ...section, value: { ...section.value, entries: services } });
  return { ...document, entries };
}

function mentionsExtends(services: MapNode): boolean {
  for (const { value } of services.entries.values()) {
    if (value.kind !== 'map' || value.entries.has('extends')) return true;
  }
  return false;
}

interface Resolution {
  readonly scope: ExtendsScope;
  readonly trail: readonly TrailStep[];
  readonly loader: ExtendsLoader;
}

/** The service with everything it extends, or undefined where there is none (null, or a fault). */
function resolveService(name: string, { scope, trail, loader }: Resolution): MapNode | undefined {
  const entry = scope.services.get(name);
  if (entry === undefined || isNull(entry.value)) return undefined;
  const service = entry.value;
  if (service.kind !== 'map') {
    loader.report(fault(`services.${name} must be a mapping`, service.span, `services.${name}`));
    return undefined;
  }
  const extending = service.entries.get('extends')?.value;
  if (extending === undefined || scope.resolved.has(name)) return service;
  const step: TrailStep = { scope, service: name, span: entry.keySpan };
  const cycle = trail.findIndex((earlier) => earlier.scope === scope && earlier.service === name);
  if (cycle >= 0) {
    loader.report(circular([...trail.slice(cycle), step], extending.span));
    return undefined;
  }
  const base = findBase(name, extending, { scope, trail, loader });
  if (base === undefined) return service;
  const source = resolveService(base.service, {
    scope: base.scope,
    trail: [...trail, step],
    loader,
  });
  if (source === undefined) return service;
  const merged = mergeService(name, source, { service, scope, loader });
  scope.resolved.add(name);
  scope.services.set(name, { ...entry, value: merged });
  return merged;
}

function mergeService(
  name: string,
  base: MapNode,
  into: { service: MapNode; scope: ExtendsScope; loader: ExtendsLoader },
): MapNode {
  const resets = resetsAt(into.scope.resets, ['services', name]);
  const service = rememberCleared(into.service, base, resets);
  const { node, diagnostics } = mergeAt(applyResets(base, resets), service, ['services', name]);
  for (const diagnostic of diagnostics) into.loader.report(diagnostic);
  if (node.kind !== 'map') return service;
  const entries = new Map(node.entries);
  entries.delete('extends');
  return { ...node, entries, span: service.span };
}

interface Base {
  readonly scope: ExtendsScope;
  readonly service: string;
}

function findBase(name: string, extending: Node, resolution: Resolution): Base | undefined {
  const { scope, loader } = resolution;
  const path = `services.${name}.extends`;
  const service = textOf(extending) ?? textAt(extending, 'service');
  if (service === undefined) {
    loader.report(fault(`extends.${name}.service is required`, extending.span, path));
    return undefined;
  }
  const named = extending.kind === 'map' ? extending.entries.get('file')?.value : undefined;
  const intro = `cannot extend service ${quoted(name)} in ${scope.file}: `;
  if (named === undefined || isNull(named)) {
    if (scope.services.has(service.value)) return { scope, service: service.value };
    loader.report({
      ...fault(`${intro}service ${quoted(service.value)} not found`, service.span, path),
      hint: 'without `file`, the service to extend must stand in the same file',
    });
    return undefined;
  }
  const file = textOf(named);
  if (file === undefined) {
    loader.report(fault(`${path}.file must be a string`, named.span, path));
    return undefined;
  }
  const base = loader.openBase({ file: file.value, service: name, span: file.span });
  if (base === undefined) return undefined;
  if (base.services.has(service.value)) return { scope: base, service: service.value };
  const message = `${intro}service ${quoted(service.value)} not found in ${base.file}`;
  const near = nearest(service.value, base.services.keys());
  loader.report({
    ...fault(message, service.span, path),
    ...(near === undefined ? {} : { hint: `did you mean '${near}'?` }),
  });
  return undefined;
}

function circular(steps: readonly TrailStep[], span: Span): Diagnostic {
  const lines = steps.map(({ scope, service }, index) =>
    index === 0 ? `  ${service} in ${scope.file}` : `  extends ${service} in ${scope.file}`,
  );
  return {
    severity: 'error',
    code: 'extends/cycle',
    message: ['Circular reference:', ...lines].join('\n'),
    span,
    notes: steps
      .slice(0, -1)
      .map((step) => ({ message: `${quoted(step.service)} is defined here`, span: step.span })),
  };
}

function fault(message: string, span: Span, path: string): Diagnostic {
  return { severity: 'error', code: 'extends/invalid', message, span, path };
}

function quoted(text: string): string {
  return JSON.stringify(text);
}

function isNull(node: Node): boolean {
  return node.kind === 'scalar' && node.type === 'null';
}

function textOf(node: Node | undefined): (ScalarNode & { readonly value: string }) | undefined {
  if (node?.kind !== 'scalar' || typeof node.value !== 'string') return undefined;
  return { ...node, value: node.value };
}

function textAt(node: Node, key: string): ReturnType<typeof textOf> {
  return node.kind === 'map' ? textOf(node.entries.get(key)?.value) : undefined;
}
