/** One line of an ssh_config file. */
export interface ConfigLine {
  /** In small letters. */
  readonly keyword: string;
  readonly words: readonly string[];
  /** The rest of the line as it is, for commands. */
  readonly rest: string;
}

/** Takes an ssh_config file apart: `Keyword words` or `Keyword=words`, with quotes and comments. */
export function configLines(text: string): readonly ConfigLine[] {
  return text.split('\n').flatMap((content): readonly ConfigLine[] => {
    const match = /^\s*([A-Za-z]\w*)(?:\s*=\s*|\s+)(.*?)\s*$/.exec(content);
    if (match === null) return [];
    const [, keyword = '', rest = ''] = match;
    return [{ keyword: keyword.toLowerCase(), words: configWords(rest), rest: unquoted(rest) }];
  });
}

/** Words of a line; quotes hold blanks together, and `#` at the beginning of a word begins a comment. */
export function configWords(text: string): readonly string[] {
  const words: string[] = [];
  for (const match of text.matchAll(/\s*(?:"([^"]*)"|'([^']*)'|((?:\\.|[^\s"'\\])+))/gy)) {
    const [, double, single, plain] = match;
    if (plain?.startsWith('#') === true) break;
    words.push(double ?? single ?? (plain ?? '').replace(/\\([\s"'\\])/g, '$1'));
  }
  return words;
}

function unquoted(text: string): string {
  return /^"[^"]*"$/.test(text) ? text.slice(1, -1) : text;
}

/** Whether a name is meant by patterns with `*`, `?` and, in front, `!` for exceptions. */
export function matchesPatterns(name: string, patterns: readonly string[]): boolean {
  let found = false;
  for (const pattern of patterns) {
    const negated = pattern.startsWith('!');
    if (!patternRegExp(negated ? pattern.slice(1) : pattern).test(name)) continue;
    if (negated) return false;
    found = true;
  }
  return found;
}

function patternRegExp(pattern: string): RegExp {
  const escaped = pattern.replace(/[.+^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`^${escaped.replaceAll('*', '.*').replaceAll('?', '.')}$`, 's');
}
