/** What follows the name of a machine in `machine ssh`. */
export interface SshWords {
  /** False: there are options that only OpenSSH itself knows. */
  readonly known: boolean;
  /** The options, as they were typed. */
  readonly options: readonly string[];
  /** Undefined: a terminal for a shell, none for a command. */
  readonly tty: boolean | undefined;
  readonly command: readonly string[];
}

/** Options without an effect here: compression, what is printed, families of addresses. */
const WITHOUT_EFFECT = new Set(['-C', '-q', '-v', '-vv', '-vvv', '-4', '-6', '-x', '-a']);

/** Options that are followed by a value. */
const WITH_VALUE = /^-[BbcDEeFIiJLlmOopQRSWw]$/;

/** Splits options of ssh from the command, as ssh would: they end at the first word, or at `--`. */
export function splitSshWords(words: readonly string[]): SshWords {
  const options: string[] = [];
  let known = true;
  let tty: boolean | undefined;
  let at = 0;
  for (; at < words.length; at += 1) {
    const word = words[at] ?? '';
    if (word === '--') {
      at += 1;
      break;
    }
    if (!word.startsWith('-') || word === '-') break;
    options.push(word);
    if (/^-t+$/.test(word)) tty = true;
    else if (word === '-T') tty = false;
    else if (!WITHOUT_EFFECT.has(word)) {
      known = false;
      if (WITH_VALUE.test(word) && at + 1 < words.length) {
        at += 1;
        options.push(words[at] ?? '');
      }
    }
  }
  return { known, options, tty, command: words.slice(at) };
}
