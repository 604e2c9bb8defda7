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
 * Folder beside the bundle: what few commands need and is large (SSH, SDKs of clouds), each in a file of its own
 * that is loaded when it is first imported. Made of the modules named `*.part.ts`.
 */
export const PARTS = 'parts';

/** Content of a file by its path below the bundle's folder; undefined when there is none. */
export type ReadFile = (path: string) => Buffer | undefined;

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
  return runProgram(script, readBelow(folder));
}

/** The bundle of a file as a function of what CommonJS files are given. */
export function programScript(path: string, cachedData?: Buffer): Script {
  return compileProgram(readFileSync(path, 'latin1'), path, cachedData);
}

/** As {@link programScript}, for a text that was read already; `path` appears in stack traces. */
export function compileProgram(text: string, path: string, cachedData?: Buffer): Script {
  return new Script(`(function(module,exports,require,__filename,__dirname){${text}\n})`, {
    filename: path,
    ...(cachedData === undefined ? {} : { cachedData }),
  });
}

/**
 * Evaluates what {@link programScript} compiled.
 *
 * @param read gives the parts of the program
 * @param compiled is told of each part that was needed
 */
export function runProgram(
  script: Script,
  read: ReadFile,
  compiled?: (path: string, part: Script) => void,
): Program {
  const parts = new Map<string, unknown>();
  const load = (name: string): unknown => {
    if (!name.startsWith(`./${PARTS}/`)) return requireBuiltin(name);
    if (!parts.has(name)) {
      const path = name.slice(2);
      const part = compilePart(path, read);
      compiled?.(path, part);
      parts.set(
        name,
        evaluate(part, (builtin) => process.getBuiltinModule(builtin)),
      );
    }
    return parts.get(name);
  };
  return evaluate(script, load) as Program;
}

/** Reads files below a folder. */
export function readBelow(folder: string): ReadFile {
  return (path) => readIfThere(join(folder, path));
}

/** @param path as `parts/ssh.cjs`; what V8 made of it lies beside it as `parts/ssh.cache` */
function compilePart(path: string, read: ReadFile): Script {
  const text = read(path);
  if (text === undefined)
    throw new Error(`the installation of tcompose is broken: ${path} is missing`);
  return compileProgram(text.toString('latin1'), path, read(path.replace(/cjs$/, 'cache')));
}

function evaluate(script: Script, load: (name: string) => unknown): unknown {
  const module: { exports: unknown } = { exports: {} };
  const wrapper = script.runInThisContext() as (...given: unknown[]) => void;
  // Of no use to a text that was read from elsewhere, but libraries look whether there are any.
  wrapper(module, module.exports, load, '', '');
  return module.exports;
}

/** `require` for the bundle, which contains everything but Node's own modules and the parts. */
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
