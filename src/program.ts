import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Script } from 'node:vm';
import type { runProcess } from './process.ts';

/** What the bundle of the whole program exports. */
export interface Program {
  readonly runProcess: typeof runProcess;
}

/** The bundle, and what V8 made of it when it was built; both lie beside each other. */
export const PROGRAM = 'tcompose.cjs';
export const PROGRAM_CACHE = 'tcompose.cache';

/**
 * Parts of Node that few commands touch and that take milliseconds to load: they are loaded when
 * something of theirs is first used.
 */
const LATE = new Set(
  ['child_process', 'crypto', 'dns', 'https', 'net', 'readline', 'tls', 'zlib'].map(
    (name) => `node:${name}`,
  ),
);

/**
 * Compiles the bundle in `folder`. With its cache nothing needs to be parsed: a quarter of the time that
 * small commands take. The cache holds for the Node that made it; with another one `load` is called.
 *
 * @param load loads a CommonJS file in the ordinary way
 */
export function loadProgram(folder: string, load: (path: string) => unknown): Program {
  const path = join(folder, PROGRAM);
  const cache = readIfThere(join(folder, PROGRAM_CACHE));
  if (cache === undefined) return load(path) as Program;
  const script = programScript(path, cache);
  if (script.cachedDataRejected === true) return load(path) as Program;
  return runProgram(script);
}

/** The bundle of a file as a function of what CommonJS files are given. */
export function programScript(path: string, cachedData?: Buffer): Script {
  return compileProgram(readFileSync(path, 'latin1'), path, cachedData);
}

/** As {@link programScript}, for a text that was read already; `path` appears in stack traces. */
export function compileProgram(text: string, path: string, cachedData?: Buffer): Script {
  return new Script(`(function(module,exports,require){${text}\n})`, {
    filename: path,
    ...(cachedData === undefined ? {} : { cachedData }),
  });
}

/** Evaluates what {@link programScript} compiled. */
export function runProgram(script: Script): Program {
  const module = { exports: {} };
  const wrapper = script.runInThisContext() as (...given: unknown[]) => void;
  wrapper(module, module.exports, requireBuiltin);
  return module.exports as Program;
}

/** `require` for the bundle, which contains everything but Node's own modules. */
function requireBuiltin(name: string): unknown {
  if (!LATE.has(name)) return process.getBuiltinModule(name);
  const load = (): object => process.getBuiltinModule(name) as object;
  return new Proxy(
    {},
    {
      get: (_target, key) => Reflect.get(load(), key) as unknown,
      ownKeys: () => Reflect.ownKeys(load()),
      // The target has none of these keys, and then a proxy may not call them fixed.
      getOwnPropertyDescriptor: (_target, key) => {
        const found = Reflect.getOwnPropertyDescriptor(load(), key);
        return found === undefined ? undefined : { ...found, configurable: true };
      },
    },
  );
}

function readIfThere(path: string): Buffer | undefined {
  try {
    return readFileSync(path);
  } catch {
    return undefined;
  }
}
