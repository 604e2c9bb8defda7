import { shellCommand, shellQuote } from '../../foundation/shell-quote.ts';

/** How much the user's shell may say before a command, in bytes: what it prints at each start, logos and all. */
const CHATTER = 64 * 1024;

/**
 * A command line that first tells the process group of the command on standard error, after `mark`: sshd ends no
 * command of root when it is asked to, and closing the connection's channel ends nothing. The mark on standard output
 * is where that of the command begins: `.bashrc` and the like may print there, too.
 */
export function markedCommand(
  argv: readonly string[],
  env: Readonly<Record<string, string>> | undefined,
  mark: string,
): string {
  const script = `read -r p c s f g r </proc/$$/stat; echo "${mark} $g" >&2; echo "${mark} "; exec "$@"`;
  return `sh -c ${shellQuote(script)} sh ${commandLine(argv, env)}`;
}

/** The line that a shell is given for a program with arguments and variables. */
function commandLine(argv: readonly string[], env: Readonly<Record<string, string>> = {}): string {
  const variables = Object.entries(env).map(([name, value]) => `${name}=${shellQuote(value)}`);
  // As a word of its own, `env` takes the variables whatever shell the user has.
  const prefix = variables.length === 0 ? '' : `env ${variables.join(' ')} `;
  return prefix + shellCommand(argv);
}

/** Takes the line with the mark, and what is behind it in the line, from the beginning of an output. */
export class Mark {
  value = '';
  readonly #mark: Buffer;
  readonly #keepsChatter: boolean;
  #begun: Buffer | undefined = Buffer.alloc(0);
  #known: (() => void) | undefined;

  /** @param chatter what becomes of that which was printed before the mark */
  constructor(mark: string, chatter: 'kept' | 'dropped') {
    this.#mark = Buffer.from(`${mark} `);
    this.#keepsChatter = chatter === 'kept';
  }

  /** Calls back when the mark is known, which may be so already: a command may be given up before it has begun. */
  whenKnown(act: () => void): void {
    if (this.value === '') this.#known = act;
    else act();
  }

  without(bytes: Buffer): Buffer {
    if (this.#begun === undefined) return bytes;
    const all = Buffer.concat([this.#begun, bytes]);
    const at = all.indexOf(this.#mark);
    const end = at < 0 ? -1 : all.indexOf('\n', at);
    if (end < 0 && all.length < CHATTER) {
      this.#begun = all;
      return Buffer.alloc(0);
    }
    this.#begun = undefined;
    if (end < 0) return all;
    this.value = all
      .subarray(at + this.#mark.length, end)
      .toString('latin1')
      .trim();
    this.#known?.();
    const behind = all.subarray(end + 1);
    return this.#keepsChatter ? Buffer.concat([all.subarray(0, at), behind]) : behind;
  }

  /** What was held back when no mark came: the command did not even begin. */
  rest(): Buffer {
    const held = this.#begun ?? Buffer.alloc(0);
    this.#begun = undefined;
    return held;
  }
}
