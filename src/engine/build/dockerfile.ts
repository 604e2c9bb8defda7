/** One instruction of a Dockerfile, continuation lines joined. */
export interface Instruction {
  /** Line on which it begins, from 1. */
  readonly line: number;
  /** In capitals: `RUN`. */
  readonly keyword: string;
  readonly text: string;
}

/** Instructions in order. Parser directives choose the escape character; comments are left out. */
export function parseDockerfile(content: string): Instruction[] {
  const lines = content.replace(/^\uFEFF/, '').split(/\r?\n/);
  const escape = escapeCharacter(lines);
  const found: Instruction[] = [];
  let open: { line: number; parts: string[] } | undefined;
  for (const [index, raw] of lines.entries()) {
    const text = raw.trim();
    if (text.startsWith('#') || (open === undefined && text === '')) continue;
    open ??= { line: index + 1, parts: [] };
    if (text.endsWith(escape)) {
      open.parts.push(text.slice(0, -1).trimEnd());
      continue;
    }
    // An empty line does not end an instruction that is continued.
    if (text === '') continue;
    open.parts.push(text);
    found.push(toInstruction(open));
    open = undefined;
  }
  if (open !== undefined) found.push(toInstruction(open));
  return found;
}

/**
 * Replaces names that `FROM` and `COPY --from=` refer to by image references; that is how a builder
 * without named contexts is given images as additional contexts.
 */
export function replaceStageNames(
  content: string,
  images: Readonly<Record<string, string>>,
): string {
  const image = (name: string): string =>
    (Object.hasOwn(images, name) ? images[name] : undefined) ?? name;
  return content
    .split('\n')
    .map((line) =>
      line
        .replace(
          /^(\s*FROM\s+(?:--platform=\S+\s+)?)(\S+)/i,
          (_, before: string, name: string) => before + image(name),
        )
        .replace(
          /^(\s*(?:COPY|ADD)\s(?:.*\s)?--from=)(\S+)/i,
          (_, before: string, name: string) => before + image(name),
        ),
    )
    .join('\n');
}

function toInstruction({ line, parts }: { line: number; parts: readonly string[] }): Instruction {
  const text = parts.join(' ');
  return { line, keyword: (text.split(/\s/)[0] ?? '').toUpperCase(), text };
}

function escapeCharacter(lines: readonly string[]): string {
  for (const line of lines) {
    const directive = /^#\s*([a-zA-Z][\w-]*)\s*=\s*(.+?)\s*$/.exec(line);
    if (directive === null) return '\\';
    if (directive[1]?.toLowerCase() === 'escape') return directive[2] ?? '\\';
  }
  return '\\';
}
