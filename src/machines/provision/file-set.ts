import { command } from './change.ts';
import { second, type Step } from './step.ts';
import { END, REPLACE } from './write-scripts.ts';

/** Arguments: of each file its path, and where it was kept; one that was not kept was not there. */
const RESTORE = `set -e
while [ $# -gt 0 ]; do
  if [ -e "$2" ]; then mv -f "$2" "$1"; else rm -f "$1"; fi
  shift 2
done
`;

/** One file of a set. */
export interface FileOfSet {
  readonly path: string;
  /** Undefined: it goes. */
  readonly content: string | undefined;
  readonly mode: string;
  /** Where what is there is kept. */
  readonly backup: string;
}

export interface FileSet {
  readonly title: string;
  readonly files: readonly FileOfSet[];
  readonly secret: boolean;
  /** Path of a dockerd that checks the first text as its configuration. */
  readonly validator?: string;
  readonly details?: readonly string[];
}

/** The step that replaces files as a set. */
export function replaceStep({ title, files, secret, validator, details }: FileSet): Step {
  const words = files.flatMap(({ path, content, mode, backup }) => [
    path,
    content === undefined ? '-' : mode,
    backup,
  ]);
  const texts = files.flatMap(({ content }) =>
    content === undefined ? [] : [content.replace(/\n?$/, '\n'), `${END}\n`],
  );
  return {
    kind: 'file',
    title,
    argv: ['sh', '-c', REPLACE, 'replace', validator ?? '', ...words],
    input: texts.join(''),
    timeout: 30 * second,
    changes: true,
    ...(secret ? { secret } : {}),
    ...(details === undefined ? {} : { details }),
  };
}

/** The step that puts a set back as it was. */
export function restoreSet(title: string, files: readonly FileOfSet[]): Step {
  const words = files.flatMap(({ path, backup }) => [path, backup]);
  return command(title, ['sh', '-c', RESTORE, 'restore', ...words]);
}
