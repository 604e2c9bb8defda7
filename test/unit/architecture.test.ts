import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, relative } from 'node:path';
import { describe, expect, it } from 'vitest';

/** Folders of `src/` from bottom to top: one may import only itself and those before it. */
const LAYERS = [
  'foundation',
  'watching',
  'compose',
  'scheduler',
  'engine',
  'remote',
  'network',
  'cluster',
  'agent',
  'providers',
  'machines',
  'output',
  'app',
  'commands',
];

/** Libraries that one folder owns; nobody else may know them. */
const OWNERS: Readonly<Record<string, string>> = {
  ajv: 'compose',
  ssh2: 'machines',
  '@peculiar/x509': 'machines',
  '@aws-sdk/client-ec2': 'providers',
};

/** The pure core may use only these parts of Node. */
const PURE = ['compose', 'scheduler'];
const PURE_NODE = new Set(['node:path', 'node:crypto']);
/** The root of `src/`: the process entry may import anything. */
const ROOT = '.';

interface Import {
  readonly file: string;
  readonly folder: string;
  readonly specifier: string;
  /** Path below `src/` for a relative import. */
  readonly target: string | undefined;
}

const source = join(import.meta.dirname, '../../src');

function imports(): Import[] {
  const files = readdirSync(source, { recursive: true, encoding: 'utf8' });
  return files
    .filter((file) => file.endsWith('.ts'))
    .flatMap((file) => {
      const text = readFileSync(join(source, file), 'utf8');
      const found = text.matchAll(
        /(?:^|\n)\s*(?:import|export)\s[^;'"]*?from\s*['"]([^'"]+)['"]|(?:^|\n)\s*import\s*['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]\s*\)/g,
      );
      return [...found].map((match) => {
        const specifier = match[1] ?? match[2] ?? match[3] ?? '';
        const target = specifier.startsWith('.')
          ? relative('.', normalize(join(dirname(file), specifier)))
          : undefined;
        const folder = file.includes('/') ? (file.split('/')[0] ?? ROOT) : ROOT;
        return { file, folder, specifier, target };
      });
    });
}

const all = imports();

describe('architecture', () => {
  it('imports go one way', () => {
    const wrong = all.filter(({ folder, target }) => {
      if (target === undefined || folder === ROOT) return false;
      const to = target.includes('/') ? (target.split('/')[0] ?? ROOT) : ROOT;
      return LAYERS.indexOf(to) < 0 || LAYERS.indexOf(to) > LAYERS.indexOf(folder);
    });
    expect(wrong.map(({ file, specifier }) => `${file} -> ${specifier}`)).toEqual([]);
  });

  it('every folder of src is a known layer', () => {
    const folders = new Set(all.map(({ folder }) => folder));
    folders.delete(ROOT);
    expect([...folders].filter((folder) => !LAYERS.includes(folder))).toEqual([]);
  });

  it('each library is imported by its owner only', () => {
    const wrong = all.filter(({ folder, specifier }) => {
      const name = specifier.startsWith('@')
        ? specifier.split('/').slice(0, 2).join('/')
        : (specifier.split('/')[0] ?? '');
      const owner = Object.hasOwn(OWNERS, name) ? OWNERS[name] : undefined;
      return owner !== undefined && folder !== owner && folder !== ROOT;
    });
    expect(wrong.map(({ file, specifier }) => `${file} -> ${specifier}`)).toEqual([]);
  });

  it('the pure core touches no input or output', () => {
    const wrong = all.filter(
      ({ folder, specifier }) =>
        PURE.includes(folder) && specifier.startsWith('node:') && !PURE_NODE.has(specifier),
    );
    expect(wrong.map(({ file, specifier }) => `${file} -> ${specifier}`)).toEqual([]);
  });

  it('the pure core reads no clock, chance or process', () => {
    const wrong = readdirSync(source, { recursive: true, encoding: 'utf8' })
      .filter(
        (file) => file.endsWith('.ts') && PURE.some((folder) => file.startsWith(`${folder}/`)),
      )
      .filter((file) =>
        /\b(Date\.now\(|new Date\(\)|Math\.random\(|process\.|setTimeout\()/.test(
          readFileSync(join(source, file), 'utf8').replace(/\/\*[^]*?\*\/|\/\/.*/g, ''),
        ),
      );
    expect(wrong).toEqual([]);
  });

  it('uses nothing that Node 20 lacks', () => {
    const wrong = readdirSync(source, { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts'))
      .filter((file) =>
        /\b(Promise\.(withResolvers|try)|(Map|Object)\.groupBy|Array\.fromAsync|RegExp\.escape|Iterator\.from)\b/.test(
          readFileSync(join(source, file), 'utf8').replace(/\/\*[^]*?\*\/|\/\/.*/g, ''),
        ),
      );
    expect(wrong).toEqual([]);
  });

  it('has no import cycles, types included', () => {
    const graph = new Map<string, string[]>();
    for (const { file, target } of all) {
      if (target !== undefined) graph.set(file, [...(graph.get(file) ?? []), target]);
    }
    const state = new Map<string, 'open' | 'done'>();
    const cycles: string[] = [];
    const visit = (file: string, trail: readonly string[]): void => {
      if (state.get(file) === 'done') return;
      if (state.get(file) === 'open') {
        cycles.push([...trail.slice(trail.indexOf(file)), file].join(' -> '));
        return;
      }
      state.set(file, 'open');
      for (const next of graph.get(file) ?? []) visit(next, [...trail, file]);
      state.set(file, 'done');
    };
    for (const file of graph.keys()) visit(file, []);
    expect(cycles).toEqual([]);
  });
});
