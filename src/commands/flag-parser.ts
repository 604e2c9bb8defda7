import { nearest } from '../foundation/nearest.ts';
import { parseSize } from '../foundation/size.ts';
import type { FlagDefinition } from './definition.ts';
import { FlagValues } from './flag-values.ts';
import { parseInteger } from './integer.ts';
import { UsageError } from './usage-error.ts';

export interface ParsedFlags {
  readonly flags: FlagValues;
  /** The words that are not flags. */
  readonly words: readonly string[];
  /** About spellings that should no longer be used. */
  readonly warnings: readonly string[];
}

export interface ParseOptions {
  /** True: flags may follow words. False: the first word ends the flags. */
  readonly interspersed: boolean;
  /** True: one dash does for a long name as well. */
  readonly singleDash?: boolean;
}

type Value = boolean | number | string | readonly string[];

const TRUE = new Set(['1', 't', 'T', 'TRUE', 'true', 'True']);
const FALSE = new Set(['0', 'f', 'F', 'FALSE', 'false', 'False']);

/**
 * Parses a command line in the dialect of Go's pflag, which the docker CLI and Compose use:
 * `--name value`, `--name=value`, `--switch=false`, `-abc`, `-nvalue`, `-n=value`, `--` ends flags,
 * the last of several values wins unless the flag is a list.
 *
 * @throws UsageError in pflag's wording
 */
export function parseFlags(
  argv: readonly string[],
  definitions: readonly FlagDefinition[],
  options: ParseOptions,
): ParsedFlags {
  const parser = new Parser(argv, definitions);
  return parser.parse(options);
}

class Parser {
  readonly #rest: string[];
  readonly #byName = new Map<string, FlagDefinition>();
  readonly #byShort = new Map<string, FlagDefinition>();
  readonly #values = new Map<string, Value>();
  readonly #changed = new Set<string>();
  readonly #warnings = new Set<string>();

  constructor(argv: readonly string[], definitions: readonly FlagDefinition[]) {
    this.#rest = [...argv];
    for (const definition of definitions) {
      for (const name of [definition.name, ...(definition.aliases ?? [])]) {
        this.#byName.set(name, definition);
      }
      if (definition.short !== undefined) this.#byShort.set(definition.short, definition);
      this.#values.set(definition.name, defaultValue(definition));
    }
  }

  parse({ interspersed, singleDash = false }: ParseOptions): ParsedFlags {
    const words: string[] = [];
    for (let word = this.#rest.shift(); word !== undefined; word = this.#rest.shift()) {
      if (word === '--') {
        words.push(...this.#rest);
        break;
      }
      if (word.startsWith('--')) this.#long(word);
      else if (singleDash && this.#isLong(word)) this.#long(`-${word}`);
      else if (word.startsWith('-') && word !== '-') this.#short(word);
      else {
        words.push(word);
        if (!interspersed) {
          words.push(...this.#rest);
          break;
        }
      }
    }
    return {
      flags: new FlagValues(this.#values, this.#changed),
      words,
      warnings: [...this.#warnings],
    };
  }

  #isLong(word: string): boolean {
    const [name = ''] = word.slice(1).split('=');
    return word.startsWith('-') && name.length > 1 && this.#byName.has(name);
  }

  #long(word: string): void {
    const equals = word.indexOf('=');
    const name = equals < 0 ? word.slice(2) : word.slice(2, equals);
    if (name === '' || name.startsWith('-')) throw new UsageError(`bad flag syntax: ${word}`);
    const definition = this.#byName.get(name);
    if (definition === undefined) {
      throw new UsageError(`unknown flag: --${name}`, this.#suggest(name));
    }
    if (name !== definition.name && definition.aliasWarning !== undefined) {
      this.#warnings.add(definition.aliasWarning);
    }
    if (equals >= 0) this.#set(definition, word.slice(equals + 1));
    else if (definition.type === 'bool') this.#set(definition, 'true');
    else {
      const value = this.#rest.shift();
      if (value === undefined) throw new UsageError(`flag needs an argument: --${name}`);
      this.#set(definition, value);
    }
  }

  #short(word: string): void {
    for (let letters = word.slice(1); letters !== '';) {
      const letter = letters.charAt(0);
      const definition = this.#byShort.get(letter);
      if (definition === undefined) {
        throw new UsageError(`unknown shorthand flag: '${letter}' in -${letters}`);
      }
      const rest = letters.slice(1);
      if (rest.startsWith('=')) {
        this.#set(definition, rest.slice(1));
        return;
      }
      if (definition.type === 'bool') {
        this.#set(definition, 'true');
        letters = rest;
        continue;
      }
      const value = rest === '' ? this.#rest.shift() : rest;
      if (value === undefined) {
        throw new UsageError(`flag needs an argument: '${letter}' in -${letters}`);
      }
      this.#set(definition, value);
      return;
    }
  }

  #set(definition: FlagDefinition, text: string): void {
    const { name, type } = definition;
    if (type === 'list' || type === 'filter') {
      if (type === 'filter' && !text.includes('=')) {
        throw invalid(definition, text, 'bad format of filter (expected name=value)');
      }
      const before = this.#changed.has(name) ? (this.#values.get(name) as readonly string[]) : [];
      this.#values.set(name, [...before, text]);
    } else {
      this.#values.set(name, parseValue(definition, text));
    }
    this.#changed.add(name);
  }

  #suggest(name: string): string | undefined {
    const known = [...this.#byName.values()]
      .filter(({ hidden }) => hidden !== true)
      .map((flag) => flag.name);
    const near =
      nearest(name, known) ??
      known.find((each) => each.startsWith(name) || (name.length > 3 && name.startsWith(each)));
    return near === undefined ? undefined : `did you mean --${near}?`;
  }
}

function defaultValue(definition: FlagDefinition): Value {
  if (definition.type === 'list' || definition.type === 'filter') return [];
  if (definition.default !== undefined) return parseValue(definition, definition.default);
  if (definition.type === 'bool') return false;
  return definition.type === 'int' || definition.type === 'bytes' ? 0 : '';
}

function parseValue(definition: FlagDefinition, text: string): Value {
  switch (definition.type) {
    case 'bool':
      if (TRUE.has(text)) return true;
      if (FALSE.has(text)) return false;
      throw invalid(
        definition,
        text,
        `strconv.ParseBool: parsing ${JSON.stringify(text)}: invalid syntax`,
      );
    case 'int': {
      const parsed = parseInteger(text);
      if (parsed.ok) return parsed.value;
      throw invalid(
        definition,
        text,
        `strconv.ParseInt: parsing ${JSON.stringify(text)}: ${parsed.error}`,
      );
    }
    case 'bytes': {
      const parsed = parseSize(text);
      if (parsed.ok) return parsed.bytes;
      throw invalid(definition, text, parsed.fault);
    }
    case 'string':
    case 'list':
    case 'filter':
      return text;
  }
}

function invalid(definition: FlagDefinition, text: string, why: string): UsageError {
  const flag =
    definition.short === undefined
      ? `--${definition.name}`
      : `-${definition.short}, --${definition.name}`;
  return new UsageError(`invalid argument ${JSON.stringify(text)} for "${flag}" flag: ${why}`);
}
