/** A variable that a shell is to set, or to forget (`value` undefined). */
export interface ShellVariable {
  readonly name: string;
  readonly value: string | undefined;
}

/** How one shell sets and forgets variables, and how it evaluates what a command prints. */
interface Dialect {
  readonly set: (name: string, value: string) => string;
  readonly unset: (name: string) => string;
  readonly comment: string;
  readonly evaluate: (commandLine: string) => string;
}

/** The text with a character before each of those that would mean something between double quotes. */
const escaped = (text: string, special: RegExp, before: string): string =>
  text.replace(special, (character) => `${before}${character}`);

/** Exactly what docker-machine printed, since scripts and editors read it; but no value is ever evaluated. */
const POSIX: Dialect = {
  set: (name, value) => `export ${name}="${escaped(value, /["$`\\]/g, '\\')}"`,
  unset: (name) => `unset ${name}`,
  comment: '#',
  evaluate: (line) => `eval $(${line})`,
};

/** tcsh knows no escapes between double quotes: what means something stands between single ones, or alone. */
function outside(text: string): string {
  return text.replace(/["$`]/g, (character) => `"'${character}'"`).replaceAll('!', '\\!');
}

const DIALECTS: Readonly<Record<string, Dialect>> = {
  fish: {
    set: (name, value) => `set -gx ${name} "${escaped(value, /["$\\]/g, '\\')}";`,
    unset: (name) => `set -e ${name};`,
    comment: '#',
    evaluate: (line) => `eval (${line})`,
  },
  powershell: {
    set: (name, value) => `$Env:${name} = "${escaped(value, /["“”„$`]/g, '`')}"`,
    unset: (name) => String.raw`Remove-Item Env:\\` + name,
    comment: '#',
    evaluate: (line) => `& ${line} | Invoke-Expression`,
  },
  cmd: {
    set: (name, value) => `SET ${name}=${value}`,
    unset: (name) => `SET ${name}=`,
    comment: 'REM',
    evaluate: (line) => `\t@FOR /f "tokens=*" %i IN ('${line}') DO @%i`,
  },
  tcsh: {
    set: (name, value) => `setenv ${name} "${outside(value)}";`,
    unset: (name) => `unsetenv ${name};`,
    comment: ':',
    evaluate: (line) => `eval \`${line}\``,
  },
  emacs: {
    set: (name, value) => `(setenv "${name}" "${escaped(value, /["\\]/g, '\\')}")`,
    unset: (name) => `(setenv "${name}" nil)`,
    comment: ';;',
    evaluate: (line) =>
      `(with-temp-buffer (shell-command "${line}" (current-buffer)) (eval-buffer))`,
  },
};

/** The shells that have words of their own; every other name is a POSIX shell. */
export const SHELLS: readonly string[] = ['bash', 'zsh', ...Object.keys(DIALECTS)];

/**
 * The lines that make a shell set and forget variables, with two comment lines that say how to have them
 * evaluated.
 *
 * @param commandLine what printed this, as it was typed
 */
export function shellLines(
  variables: readonly ShellVariable[],
  { shell, commandLine }: { readonly shell: string; readonly commandLine: string },
): string {
  const dialect = dialectOf(shell);
  const lines = linesOf(variables, dialect);
  const hint = [
    `${dialect.comment} Run this command to configure your shell: `,
    `${dialect.comment} ${dialect.evaluate(commandLine.replaceAll('\n', ' '))}`,
  ];
  return [...lines, ...hint, ''].join('\n');
}

/**
 * Without quotes around it, as docker-machine taught, `eval $(…)` makes one line of them all: `unset A export B=x` would
 * set nothing. So what is forgotten comes first there, and ends.
 */
function linesOf(variables: readonly ShellVariable[], dialect: Dialect): readonly string[] {
  const shown = ({ name, value }: ShellVariable): string =>
    value === undefined ? dialect.unset(name) : dialect.set(name, value);
  const unset = variables.filter(({ value }) => value === undefined);
  if (dialect !== POSIX || unset.length === 0 || unset.length === variables.length) {
    return variables.map(shown);
  }
  const set = variables.filter(({ value }) => value !== undefined);
  return [...unset.map((each) => `${shown(each)};`), ...set.map(shown)];
}

function dialectOf(shell: string): Dialect {
  return Object.hasOwn(DIALECTS, shell) ? (DIALECTS[shell] ?? POSIX) : POSIX;
}
