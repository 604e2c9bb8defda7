/** Typing into interactive shells: what programs get to see when keys are pressed. */
import { spawn } from 'node:child_process';

/** An interactive shell whose prompt is `READY> `. */
export interface Shell {
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
}

/**
 * Types each line, with its tabs, into a shell on a terminal, the next as soon as the prompt is back.
 * Lines have to run a program that prints `RAN:` and a line. Returns those lines.
 * @throws with what was on the screen when the shell ends early or does not answer.
 */
export function typeInto(shell: Shell, lines: readonly string[]): Promise<readonly string[]> {
  return new Promise((resolve, reject) => {
    const command = shell.argv.map((word) => `'${word.replaceAll("'", String.raw`'\''`)}'`);
    const child = spawn('script', ['-qec', command.join(' '), '/dev/null'], {
      cwd: shell.cwd,
      env: { ...shell.env, TERM: 'dumb' },
      stdio: ['pipe', 'pipe', 'pipe'],
      timeout: 60_000,
      killSignal: 'SIGKILL',
    });
    const left = [...lines];
    const printed: string[] = [];
    let screen = '';
    let seen = 0;
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      screen += chunk;
      const answered = printed.length + left.length === lines.length;
      const wanted = answered ? /READY> / : /RAN:(.*?)\r?\n[^]*READY> /;
      const match = wanted.exec(screen.slice(seen));
      if (match === null) return;
      seen = screen.length;
      if (match[1] !== undefined) printed.push(match[1].trim());
      const next = left.shift();
      child.stdin.write(next === undefined ? 'exit\r' : `${next}\r`);
    });
    child.stdin.on('error', () => undefined);
    child.on('error', reject);
    child.on('close', () => {
      if (printed.length === lines.length) resolve(printed);
      else reject(new Error(`the shell printed ${JSON.stringify(printed)} and showed\n${screen}`));
    });
  });
}
