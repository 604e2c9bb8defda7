import { basename } from 'node:path';
import { isSwitch } from './engine-keys.ts';

/** One flag of a dockerd's command. */
export interface CommandFlag {
  /** Long name without dashes: `host` for `-H` as well. */
  readonly name: string;
  /** Undefined: a switch without a value. */
  readonly value: string | undefined;
  /** As the unit says it, quotes included. */
  readonly raw: string;
  /** False: systemd puts something else in place of `$NAME` or `%i` in it. */
  readonly literal: boolean;
}

/** The command that systemd starts an engine with. */
export interface EngineCommand {
  /** File that says it. */
  readonly path: string;
  /** All of it, as the file has it. */
  readonly text: string;
  readonly program: string;
  readonly flags: readonly CommandFlag[];
  /** Words that are no flags: `$DOCKER_OPTS`. */
  readonly others: readonly string[];
}

/** Texts of a unit: its own, and drop-ins by path. */
export interface UnitTexts {
  readonly unit: string | undefined;
  readonly dropIns: Readonly<Record<string, string>>;
}

/** Stands for the path of the package's own unit file, which nobody has to name. */
export const UNIT = 'docker.service';

/** The command of a unit as if the drop-ins of these paths were not there; undefined: there is none, or several. */
export function engineCommand(
  { unit, dropIns }: UnitTexts,
  except: readonly string[] = [],
): EngineCommand | undefined {
  const others = effectiveDropIns(dropIns).filter(([path]) => !except.includes(path));
  let commands: { readonly path: string; readonly text: string }[] = [];
  for (const [path, text] of [[UNIT, unit ?? ''] as const, ...others]) {
    for (const line of unitLines(text)) {
      const command = assigned(line, 'ExecStart');
      if (command === '') commands = [];
      else if (command !== undefined) commands.push({ path, text: command });
    }
  }
  const [command] = commands;
  return command === undefined || commands.length > 1
    ? undefined
    : { path: command.path, ...parseCommand(command.text) };
}

/** In the order of their names, as systemd reads them; of two of one name, the one in /etc counts. */
function effectiveDropIns(dropIns: UnitTexts['dropIns']): (readonly [string, string])[] {
  const byName = new Map<string, readonly [string, string]>();
  for (const [path, text] of Object.entries(dropIns)) {
    const name = basename(path);
    if (!byName.has(name) || path.startsWith('/etc/')) byName.set(name, [path, text]);
  }
  const names = [...byName.keys()].toSorted((left, right) => (left < right ? -1 : 1));
  return names.flatMap((name) => [byName.get(name) ?? ['', '']]);
}

/** Variables that drop-ins give an engine, `NAME=VALUE` each, but for those of these paths. */
export function unitVariables(
  { dropIns }: Pick<UnitTexts, 'dropIns'>,
  except: readonly string[],
): ReadonlySet<string> {
  let variables = new Set<string>();
  for (const [path, text] of effectiveDropIns(dropIns)) {
    if (except.includes(path)) continue;
    for (const line of unitLines(text)) {
      const given = assigned(line, 'Environment');
      if (given === '') variables = new Set();
      for (const { value } of splitWords(given ?? '')) variables.add(value);
    }
  }
  return variables;
}

/** Lines of a unit file; what a backslash continues is one. */
export function unitLines(text: string): string[] {
  return text.replaceAll(/\\\n/g, ' ').split('\n');
}

/** What a line assigns to a key; undefined: it is about something else. */
export function assigned(line: string, key: string): string | undefined {
  const match = /^\s*([A-Za-z]+)\s*=(.*)$/.exec(line);
  return match?.[1] === key ? (match[2] ?? '').trim() : undefined;
}

/** Takes a command apart into its program, flags and other words. */
export function parseCommand(text: string): Omit<EngineCommand, 'path'> {
  const [program, ...words] = splitWords(text);
  const flags: CommandFlag[] = [];
  const others: string[] = [];
  for (let word = words.shift(); word !== undefined; word = words.shift()) {
    const found = flagsOf(word);
    if (found.length === 0) others.push(word.raw);
    const last = found.at(-1);
    const next = words[0];
    const lacks = last !== undefined && last.value === undefined && !isSwitch(last.name);
    if (lacks && next !== undefined && !next.raw.startsWith('-')) {
      words.shift();
      const { name, raw, literal } = last;
      const value = next.value;
      flags.push(...found.slice(0, -1), {
        name,
        value,
        raw: `${raw} ${next.raw}`,
        literal: literal && next.literal,
      });
    } else flags.push(...found);
  }
  return { text, program: program?.raw ?? '', flags, others };
}

const SHORT: Readonly<Record<string, string>> = {
  D: 'debug',
  G: 'group',
  H: 'host',
  b: 'bridge',
  g: 'graph',
  l: 'log-level',
  p: 'pidfile',
  s: 'storage-driver',
  v: 'version',
};

/** `--name`, `--name=value`, and short ones: `-Dl=warn` is two. */
function flagsOf({ raw, value, literal }: Word): CommandFlag[] {
  const long = /^--([\w-]+)(?:=(.*))?$/s.exec(value);
  if (long !== null) return [{ name: long[1] ?? '', value: long[2], raw, literal }];
  if (!/^-[A-Za-z]/.test(value)) return [];
  const flags: CommandFlag[] = [];
  for (let at = 1; at < value.length; at += 1) {
    const letter = value[at] ?? '';
    const name = SHORT[letter] ?? letter;
    const rest = value.slice(at + 1);
    if (rest !== '' && (rest.startsWith('=') || !isSwitch(name))) {
      const own = rest.replace(/^=/, '');
      flags.push({ name, value: own, raw: at === 1 ? raw : `-${letter}${rest}`, literal });
      return flags;
    }
    flags.push({ name, value: undefined, raw: `-${letter}`, literal });
  }
  return flags;
}

/** A word of a command line in a unit. */
export interface Word {
  readonly raw: string;
  /** Without quotes and escapes. */
  readonly value: string;
  /** False: systemd puts something else in place of a part of it. */
  readonly literal: boolean;
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', s: ' ' };

/** Words as systemd splits them: by blanks outside of quotes, with escapes of C. */
export function splitWords(text: string): Word[] {
  const pattern = /(?:"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|\\.|\S)+/gs;
  return [...text.matchAll(pattern)].map(([raw]) => {
    const escaped = raw.replaceAll(/(["'])(?:\\.|(?!\1)[^\\])*\1|\\x[0-9A-Fa-f]{2}|\\./gs, (part) =>
      unescapedAll(/^["']/.test(part) ? part.slice(1, -1) : part),
    );
    const value = escaped.replaceAll('%%', '%').replaceAll('$$', '$');
    const literal = !/[%$]/.test(escaped.replaceAll('%%', '').replaceAll('$$', ''));
    return { raw, value, literal };
  });
}

function unescapedAll(text: string): string {
  return text.replaceAll(/\\x([0-9A-Fa-f]{2})|\\(.)/gs, (_, hex?: string, letter?: string) =>
    unescaped(hex, letter),
  );
}

function unescaped(hex: string | undefined, letter = ''): string {
  if (hex !== undefined) return String.fromCodePoint(Number.parseInt(hex, 16));
  if (/["'\\]/.test(letter)) return letter;
  // What is no escape is taken as it stands.
  return ESCAPES[letter] ?? `\\${letter}`;
}
