import { Place } from './codec.ts';
import type { Diagnostic } from './diagnostic.ts';
import { parseDotenv } from './dotenv.ts';
import type { Port, ServiceVolume, StringMap } from './model.ts';
import { mountCodec } from './mount-codec.ts';
import { stringNode } from './node.ts';
import { parsePort } from './ports.ts';
import { fail, ok } from '../foundation/result.ts';
import type { Result } from '../foundation/result.ts';
import type { SourceFile } from './source.ts';
import type { Lookup } from './substitute.ts';
import { expandVolume } from './volumes.ts';

/** `--publish`: the short form of `ports`. */
export function publishedPorts(specs: readonly string[]): Result<readonly Port[], string> {
  const ports: Port[] = [];
  for (const spec of specs) {
    const parsed = parsePort(spec);
    if (!parsed.ok) return parsed;
    for (const { hostIp, published, target, protocol } of parsed.value) {
      ports.push({
        mode: 'ingress',
        ...(hostIp === '' ? {} : { host_ip: hostIp }),
        target,
        ...(published === '' ? {} : { published }),
        protocol,
      });
    }
  }
  return ok(ports);
}

/**
 * `--volume`: the short form of `volumes`.
 *
 * @param hostPath makes the path of a bind mount absolute
 */
export function mountedVolumes(
  specs: readonly string[],
  hostPath: (path: string) => string,
): Result<readonly ServiceVolume[], string> {
  const volumes: ServiceVolume[] = [];
  for (const spec of specs) {
    let fault: string | undefined;
    const text = { file: { path: '--volume', text: spec }, start: 0, end: spec.length };
    const node = expandVolume(stringNode(spec, text), {
      path: [],
      fault: (_code, message) => {
        fault = message;
      },
    });
    if (fault !== undefined) return fail(fault);
    const volume = mountCodec.decode(node, new Place([], 'volume', false));
    if (volume === undefined) return fail(`invalid volume specification: ${spec}`);
    const { type, source } = volume;
    const isPath = type === 'bind' && source !== undefined;
    volumes.push(isPath ? { ...volume, source: hostPath(source) } : volume);
  }
  return ok(volumes);
}

/** `--label`: each `KEY=VALUE`, the value possibly empty. */
export function labelMap(words: readonly string[]): Result<StringMap, string> {
  const labels = new Map<string, string>();
  for (const word of words) {
    const equals = word.indexOf('=');
    if (equals < 0) return fail('label must be set as KEY=VALUE');
    labels.set(word.slice(0, equals), word.slice(equals + 1));
  }
  return ok(Object.fromEntries(labels));
}

/**
 * `--env` and `--env-from-file`: `KEY=VALUE` words, bare `KEY`s with the value that `lookup` has for
 * them, if any, then what the files add. Of two files the first counts, and words count more.
 */
export function givenEnvironment(
  words: readonly string[],
  files: readonly SourceFile[],
  lookup: Lookup,
): Result<StringMap, readonly Diagnostic[]> {
  const variables = new Map<string, string>();
  for (const word of words) {
    const equals = word.indexOf('=');
    const name = equals < 0 ? word : word.slice(0, equals);
    const value = equals < 0 ? lookup(word) : word.slice(equals + 1);
    if (value === undefined) variables.delete(name);
    else variables.set(name, value);
  }
  const faults: Diagnostic[] = [];
  for (const file of files) {
    const parsed = parseDotenv(file, (name) => variables.get(name));
    faults.push(...parsed.diagnostics.filter(({ severity }) => severity === 'error'));
    for (const [name, value] of parsed.variables) {
      if (!variables.has(name)) variables.set(name, value);
    }
  }
  return faults.length > 0 ? fail(faults) : ok(Object.fromEntries(variables));
}
