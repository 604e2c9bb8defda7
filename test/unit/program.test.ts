import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import {
  loadProgram,
  PROGRAM,
  PROGRAM_CACHE,
  programScript,
  runProgram,
} from '../../src/program.ts';

const folder = mkdtempSync(join(tmpdir(), 'tcompose-program-'));
const path = join(folder, PROGRAM);
const cache = join(folder, PROGRAM_CACHE);
const SOURCE = `
const { join } = require('node:path');
const crypto = require('node:crypto');
exports.runProcess = async (argv) => join(...argv).length;
exports.digest = (text) => crypto.createHash('sha256').update(text).digest('hex').slice(0, 8);
exports.names = () => Object.keys(crypto).includes('createHash');
`;
const ordinary = { runProcess: () => Promise.resolve(-1) };

interface Sample {
  runProcess(argv: readonly string[]): Promise<number>;
  digest(text: string): string;
  names(): boolean;
}

let count = 0;
beforeEach(() => {
  // V8 remembers texts that it compiled in this process: each test has its own.
  count += 1;
  writeFileSync(path, `// ${count}\n${SOURCE}`);
  rmSync(cache, { force: true });
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const load = (): unknown => ordinary;

describe('loading the program', () => {
  it('is done in the ordinary way when there is no cache', () => {
    expect(loadProgram(folder, load)).toBe(ordinary);
  });

  it('is done in the ordinary way when another Node made the cache', () => {
    const made = programScript(path).createCachedData();
    // As long as the text that was compiled, so that only the version differs.
    writeFileSync(path, readFileSync(path, 'utf8').replace('createHash', 'createHmac'));
    // The head of a cache says which V8 it is for.
    made.fill(0, 0, 16);
    writeFileSync(cache, made);
    expect(loadProgram(folder, load)).toBe(ordinary);
  });

  it('is done in the ordinary way when the cache belongs to another text', () => {
    writeFileSync(cache, programScript(path).createCachedData());
    appendFileSync(path, '// longer');
    expect(loadProgram(folder, load)).toBe(ordinary);
  });

  it('uses a cache that fits', async () => {
    writeFileSync(cache, programScript(path).createCachedData());
    expect(await loadProgram(folder, load).runProcess(['a', 'b'])).toBe(3);
  });

  it('gives late modules whole when they are asked for', () => {
    writeFileSync(cache, programScript(path).createCachedData());
    const program = loadProgram(folder, load) as unknown as Sample;
    expect(program.digest('x')).toBe('2d711642');
    expect(program.names()).toBe(true);
  });

  it('reads a part when it is first asked for, and once', () => {
    writeFileSync(path, `// ${count}\nexports.part = () => require('./parts/large.cjs');\n`);
    const files: Record<string, string> = {
      'parts/large.cjs': `exports.size = require('node:path').join('a', 'b');`,
    };
    const asked: string[] = [];
    const program = runProgram(programScript(path), (name) => {
      asked.push(name);
      const text = files[name];
      return text === undefined ? undefined : Buffer.from(text);
    }) as unknown as { part(): unknown };
    expect(asked).toEqual([]);
    expect(program.part()).toEqual({ size: 'a/b' });
    expect(program.part()).toBe(program.part());
    expect(asked).toEqual(['parts/large.cjs', 'parts/large.cache']);
  });

  it('names the part that is missing from an installation', () => {
    writeFileSync(path, `// ${count}\nexports.part = () => require('./parts/large.cjs');\n`);
    const program = runProgram(programScript(path), () => undefined) as unknown as {
      part(): unknown;
    };
    expect(() => program.part()).toThrow('parts/large.cjs is missing');
  });
});
