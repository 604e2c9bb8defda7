import { resolve } from 'node:path';

import type { Diagnostic } from './diagnostic.ts';
import { parseEnvFile, type EnvFileOptions } from './env-file.ts';
import type { FileAccess } from './files.ts';
import type { EnvFile, NullableStringMap, Project, Service, StringMap } from './model.ts';
import { formatPath } from './node.ts';
import type { NodePath } from './node.ts';
import type { SpanOf } from './service-fault.ts';
import type { SourceFile } from './source.ts';
import type { Lookup } from './substitute.ts';

export interface ServiceFilesOptions {
  readonly spanOf?: SpanOf;
  /** Whether the model keeps naming the files after they were read. */
  readonly keepFiles?: boolean;
}

export interface ResolvedServices {
  readonly project: Project;
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Gives every enabled service its whole environment: variables without a value from the project's,
 * then what its env files set, later files over earlier ones, its own `environment` over all files.
 * A missing file is a fault unless it is not required.
 */
export function resolveServiceEnvironment(
  project: Project,
  files: FileAccess,
  options: ServiceFilesOptions = {},
): ResolvedServices {
  const reader = new ServiceFiles(files, project.workingDir, options);
  const services = mapServices(project, (name, service) => {
    const { env_file: entries, ...rest } = service;
    const own = fillUnset(service.environment ?? {}, project.environment);
    if (entries === undefined) {
      return service.environment === undefined ? service : { ...rest, environment: own };
    }
    const lookup: Lookup = (variable) =>
      ownValue(project.environment, variable) ?? ownValue(own, variable) ?? undefined;
    const all = new Map(
      Object.entries(own).filter((entry): entry is [string, string] => entry[1] !== null),
    );
    for (const [index, entry] of entries.entries()) {
      reader.readEnvFile(entry, ['services', name, 'env_file', index], { lookup, into: all });
    }
    const environment = { ...Object.fromEntries(all), ...own };
    return {
      ...rest,
      ...(Object.keys(environment).length === 0 ? {} : { environment }),
      ...(options.keepFiles === true ? { env_file: entries } : {}),
    };
  });
  return { project: { ...project, services }, diagnostics: reader.diagnostics };
}

/** Gives every enabled service the labels of its label files; its own `labels` win. */
export function resolveServiceLabels(
  project: Project,
  files: FileAccess,
  options: ServiceFilesOptions = {},
): ResolvedServices {
  const reader = new ServiceFiles(files, project.workingDir, options);
  const services = mapServices(project, (name, service) => {
    const { label_file: paths, ...rest } = service;
    if (paths === undefined) return service;
    const all = new Map<string, string>();
    for (const [index, path] of paths.entries()) {
      reader.readLabelFile(path, ['services', name, 'label_file', index], all);
    }
    const labels = { ...Object.fromEntries(all), ...service.labels };
    return {
      ...rest,
      ...(Object.keys(labels).length === 0 ? {} : { labels }),
      ...(options.keepFiles === true ? { label_file: paths } : {}),
    };
  });
  return { project: { ...project, services }, diagnostics: reader.diagnostics };
}

function mapServices(
  project: Project,
  change: (name: string, service: Service) => Service,
): Readonly<Record<string, Service>> {
  return Object.fromEntries(
    Object.entries(project.services).map(([name, service]) => [name, change(name, service)]),
  );
}

function fillUnset(variables: NullableStringMap, environment: StringMap): NullableStringMap {
  return Object.fromEntries(
    Object.entries(variables).map(([name, value]) => [
      name,
      value ?? ownValue(environment, name) ?? null,
    ]),
  );
}

function ownValue(map: NullableStringMap, name: string): string | null | undefined {
  return Object.hasOwn(map, name) ? map[name] : undefined;
}

/** Reads the files that services name, each at most once, and collects the faults. */
class ServiceFiles {
  readonly diagnostics: Diagnostic[] = [];
  readonly #files: FileAccess;
  /** Paths are relative to it where they were not resolved. */
  readonly #workingDir: string;
  readonly #spanOf: SpanOf;
  readonly #opened = new Map<string, SourceFile>();

  constructor(
    files: FileAccess,
    workingDir: string,
    { spanOf = () => undefined }: ServiceFilesOptions,
  ) {
    this.#files = files;
    this.#workingDir = workingDir;
    this.#spanOf = spanOf;
  }

  readEnvFile(
    { path, required, format }: EnvFile,
    place: NodePath,
    { lookup, into }: { lookup: Lookup; into: Map<string, string> },
  ): void {
    const options = { format, lookup, earlier: into };
    this.#read({ what: 'env', path, required }, place, { options, into });
  }

  readLabelFile(path: string, place: NodePath, into: Map<string, string>): void {
    const options = { lookup: (name: string) => into.get(name) };
    this.#read({ what: 'label', path, required: true }, place, { options, into });
  }

  #read(
    file: { readonly what: 'env' | 'label'; readonly path: string; readonly required: boolean },
    place: NodePath,
    { options, into }: { readonly options: EnvFileOptions; readonly into: Map<string, string> },
  ): void {
    const path = resolve(this.#workingDir, file.path);
    if (this.#files.kind(path) === 'missing') {
      if (file.required) this.#missing(file.what, path, place);
      return;
    }
    const source = this.#open(path, place);
    if (source === undefined) return;
    const parsed = parseEnvFile(source, options);
    this.#report(parsed.diagnostics, place);
    for (const [name, value] of parsed.variables) into.set(name, value);
  }

  #missing(what: 'env' | 'label', path: string, place: NodePath): void {
    const message = `${what} file ${path} not found: stat ${path}: no such file or directory`;
    const fault: Diagnostic = { severity: 'error', code: `${what}-file/not-found`, message };
    const hint = 'create the file, or write `required: false` if it may be missing';
    this.#report([what === 'env' ? { ...fault, hint } : fault], place);
  }

  #open(path: string, place: NodePath): SourceFile | undefined {
    const opened = this.#opened.get(path);
    if (opened !== undefined) return opened;
    const read = this.#files.read(path);
    if (!read.ok) {
      const message = `failed to read ${path}: ${read.detail}`;
      this.#report([{ severity: 'error', code: 'env-file/unreadable', message }], place);
      return undefined;
    }
    const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(read.bytes);
    const file = { path, text };
    this.#opened.set(path, file);
    return file;
  }

  /** Faults inside a file keep their own place. */
  #report(faults: readonly Diagnostic[], place: NodePath): void {
    const span = this.#spanOf(place);
    for (const fault of faults) {
      this.diagnostics.push({
        path: formatPath(place),
        ...(span === undefined ? {} : { span }),
        ...fault,
      });
    }
  }
}
