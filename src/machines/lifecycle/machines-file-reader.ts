import type { Diagnostic } from '../../compose/diagnostic.ts';
import type { MapNode, Node } from '../../compose/node.ts';
import type { Span } from '../../compose/source.ts';
import { nearest } from '../../foundation/nearest.ts';
import type { ProviderFlagValues } from '../../providers/provider.ts';
import type { EngineOptions } from '../store/machine-record.ts';

const SOURCES: readonly EngineOptions['source'][] = ['auto', 'distribution', 'docker', 'none'];
/** Port of an engine with `tls: true`. */
const TLS_PORT = 2376;
const MOST_MACHINES = 1000;

/** Keys of `engine` that are lists, with their names in a record. */
const ENGINE_LISTS = {
  labels: 'labels',
  options: 'options',
  'insecure-registries': 'insecureRegistries',
  'registry-mirrors': 'registryMirrors',
  env: 'env',
  'tls-sans': 'tlsSans',
} as const;
const ENGINE_TEXTS = {
  version: 'version',
  'install-url': 'installUrl',
  'storage-driver': 'storageDriver',
} as const;

/** What a machine and the defaults may say. */
export interface MachineEntry {
  readonly driver?: string;
  readonly driverSpan?: Span;
  readonly count?: number;
  readonly options: ReadonlyMap<
    string,
    { readonly value: ProviderFlagValues[string]; readonly span: Span }
  >;
  readonly engine: Partial<EngineOptions>;
}

/** Reads parts of a `machines.yaml` and collects what is wrong with them. */
export class FileReader {
  readonly diagnostics: Diagnostic[];

  constructor(diagnostics: Diagnostic[]) {
    this.diagnostics = diagnostics;
  }

  fault(span: Span, code: string, message: string, hint?: string): void {
    const help = hint === undefined ? {} : { hint };
    this.diagnostics.push({ severity: 'error', code, message, span, ...help });
  }

  /** Faults for keys that mean nothing here, with what may have been meant. */
  knownKeys(node: MapNode, known: readonly string[], path: string): void {
    for (const [key, { keySpan }] of node.entries) {
      if (known.includes(key) || key.startsWith('x-')) continue;
      const meant = nearest(key, known);
      const message = `${path}${path === '' ? '' : ' '}additional properties '${key}' not allowed`;
      const hint =
        meant === undefined ? `known are ${known.join(', ')}` : `did you mean '${meant}'?`;
      this.fault(keySpan, 'machines/unknown-key', message, hint);
    }
  }

  map(node: Node, path: string): MapNode | undefined {
    if (node.kind === 'map') return node;
    // A key without a value is an empty mapping.
    if (node.kind === 'scalar' && node.type === 'null') return undefined;
    this.fault(node.span, 'machines/wrong-type', `${path} must be a mapping`);
    return undefined;
  }

  /** Text of a scalar as it is written, so that `28.10` is not 28.1. */
  text(node: Node, path: string): string | undefined {
    if (node.kind === 'scalar' && node.type !== 'null') return written(node);
    this.fault(node.span, 'machines/wrong-type', `${path} must be a string`);
    return undefined;
  }

  /** A list of texts; a mapping is one of `KEY=VALUE`, a single value one of one. */
  list(node: Node, path: string): readonly string[] {
    if (node.kind === 'scalar') return node.type === 'null' ? [] : [written(node)];
    if (node.kind === 'seq') {
      return node.items.flatMap((item, index) => this.text(item, `${path}[${index}]`) ?? []);
    }
    return [...node.entries].flatMap(([key, { value }]) => {
      const text = this.text(value, `${path}.${key}`);
      return text === undefined ? [] : [`${key}=${text}`];
    });
  }

  /** A machine, or the defaults of all, which have no count. */
  entry(node: Node | undefined, path: string, counted: boolean): MachineEntry {
    const map = node === undefined ? undefined : this.map(node, path);
    if (map === undefined) return { options: new Map(), engine: {} };
    this.knownKeys(map, ['driver', 'options', 'engine', ...(counted ? ['count'] : [])], path);
    const value = (key: string): Node | undefined => map.entries.get(key)?.value;
    const driverNode = value('driver');
    const countNode = value('count');
    const optionsNode = value('options');
    const engineNode = value('engine');
    const driver = driverNode === undefined ? undefined : this.text(driverNode, `${path}.driver`);
    const count = countNode === undefined ? undefined : this.#count(countNode, `${path}.count`);
    return {
      ...(driver === undefined || driverNode === undefined
        ? {}
        : { driver, driverSpan: driverNode.span }),
      ...(count === undefined ? {} : { count }),
      options:
        optionsNode === undefined ? new Map() : this.#options(optionsNode, `${path}.options`),
      engine: engineNode === undefined ? {} : this.#engine(engineNode, `${path}.engine`),
    };
  }

  #count(node: Node, path: string): number | undefined {
    const value = node.kind === 'scalar' && node.type === 'int' ? Number(node.value) : undefined;
    if (value !== undefined && value >= 0 && value <= MOST_MACHINES) return value;
    const message = `${path} must be a number from 0 to ${MOST_MACHINES}`;
    this.fault(node.span, 'machines/out-of-range', message);
    return undefined;
  }

  #options(node: Node, path: string): MachineEntry['options'] {
    const options = new Map<
      string,
      { readonly value: ProviderFlagValues[string]; readonly span: Span }
    >();
    for (const [key, { keySpan, value }] of this.map(node, path)?.entries ?? []) {
      if (value.kind !== 'scalar') {
        options.set(key, { value: this.list(value, `${path}.${key}`), span: keySpan });
      } else if (value.type === 'bool') {
        options.set(key, { value: value.value === true, span: keySpan });
      } else {
        const text = this.text(value, `${path}.${key}`);
        if (text !== undefined) options.set(key, { value: text, span: keySpan });
      }
    }
    return options;
  }

  #engine(node: Node, path: string): Partial<EngineOptions> {
    const map = this.map(node, path);
    if (map === undefined) return {};
    const names = [...Object.keys(ENGINE_LISTS), ...Object.keys(ENGINE_TEXTS), 'source', 'tls'];
    this.knownKeys(map, names, path);
    const engine: Record<string, unknown> = {};
    for (const [key, { value }] of map.entries) {
      const at = `${path}.${key}`;
      if (Object.hasOwn(ENGINE_LISTS, key)) {
        engine[ENGINE_LISTS[key as keyof typeof ENGINE_LISTS]] = this.list(value, at);
      } else if (Object.hasOwn(ENGINE_TEXTS, key)) {
        const text = this.text(value, at);
        if (text !== undefined) engine[ENGINE_TEXTS[key as keyof typeof ENGINE_TEXTS]] = text;
      } else if (key === 'source') engine['source'] = this.#source(value, at);
      else if (key === 'tls') {
        const port = this.#tls(value, at);
        if (port !== undefined) engine['tlsPort'] = port;
      }
    }
    return engine;
  }

  #source(node: Node, path: string): EngineOptions['source'] {
    const text = this.text(node, path);
    const known = SOURCES.find((source) => source === text);
    if (known !== undefined) return known;
    if (text !== undefined) {
      const meant = nearest(text, SOURCES);
      const message = `${path} value must be one of ${SOURCES.map((source) => `'${source}'`).join(', ')}`;
      const hint = meant === undefined ? undefined : `did you mean '${meant}'?`;
      this.fault(node.span, 'machines/not-allowed', message, hint);
    }
    return 'auto';
  }

  /** `true`, or a port. */
  #tls(node: Node, path: string): number | undefined {
    if (node.kind === 'scalar' && node.type === 'bool')
      return node.value === true ? TLS_PORT : undefined;
    const port = node.kind === 'scalar' && node.type === 'int' ? Number(node.value) : 0;
    if (port >= 1 && port <= 65_535) return port;
    this.fault(node.span, 'machines/wrong-type', `${path} must be true, false or a port`);
    return undefined;
  }
}

/** A scalar as it is written, without quotes. */
function written(node: Extract<Node, { readonly kind: 'scalar' }>): string {
  if (typeof node.value === 'string') return node.value;
  return node.span.file.text.slice(node.span.start, node.span.end);
}
