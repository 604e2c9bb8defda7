import type { Diagnostic, DiagnosticNote } from '../compose/diagnostic.ts';
import { cellWidth, printable } from './cell-width.ts';
import { painter, type Paint } from './paint.ts';
import { lineColumn, lineText, type Span } from '../compose/source.ts';

export interface DiagnosticStyle {
  /** Paths are shown relative to this directory where they lie below it. */
  readonly cwd: string;
  readonly color: boolean;
}

/** Longest stretch of a source line that is shown, in characters. */
const WINDOW = 100;

/**
 * Words diagnostics for people: message first, as the reference implementation says it, then the
 * place with the source line and a squiggle, notes at other places, and what would help.
 *
 *     additional properties 'prots' not allowed
 *       compose.yaml:4:5  services.web
 *         4 |     prots:
 *           |     ~~~~~
 *       help: did you mean ports?
 */
export function formatDiagnostics(
  diagnostics: readonly Diagnostic[],
  style: DiagnosticStyle,
): string {
  return diagnostics.map((diagnostic) => formatDiagnostic(diagnostic, style)).join('');
}

function formatDiagnostic(diagnostic: Diagnostic, style: DiagnosticStyle): string {
  const { message, span, path, notes = [], hint } = diagnostic;
  const paint = painter(style.color);
  const lines = [diagnostic.severity === 'warning' ? `warning: ${message}` : message];
  lines[0] = paint(diagnostic.severity === 'warning' ? 33 : 31, lines[0] ?? '');
  if (span !== undefined) {
    lines.push(`  ${paint(36, place(span, style))}${path === undefined ? '' : `  ${path}`}`);
    lines.push(...excerpt(span, paint));
  } else if (path !== undefined) {
    lines.push(`  in ${path}`);
  }
  for (const note of notes) lines.push(...noteLines(note, style));
  if (hint !== undefined) lines.push(`  ${paint(32, 'help:')} ${hint}`);
  return `${lines.join('\n')}\n`;
}

function noteLines({ message, span }: DiagnosticNote, style: DiagnosticStyle): string[] {
  const paint = painter(style.color);
  if (span === undefined) return [`  note: ${message}`];
  return [`  note: ${message}`, `  ${paint(36, place(span, style))}`, ...excerpt(span, paint)];
}

/** `compose.yaml:4:5` */
export function place(span: Span, { cwd }: Pick<DiagnosticStyle, 'cwd'>): string {
  const { line, column } = lineColumn(span.file, span.start);
  return `${shortPath(span.file.path, cwd)}:${line}:${column}`;
}

function shortPath(path: string, cwd: string): string {
  const base = cwd.endsWith('/') ? cwd : `${cwd}/`;
  if (path === '-') return '<standard input>';
  return path.startsWith(base) ? path.slice(base.length) : path;
}

/** The source line and a squiggle below the span, cut to a window around it when it is long. */
function excerpt(span: Span, paint: Paint): string[] {
  const { line, column } = lineColumn(span.file, span.start);
  const text = lineText(span.file, line);
  if (text.trim() === '') return [];
  const length = Math.max(1, Math.min(span.end - span.start, text.length - column + 1));
  const from = Math.max(0, Math.min(column - 1 - WINDOW / 4, text.length - WINDOW));
  const cut = from > 0 ? '…' : '';
  const shown = text.slice(from, from + WINDOW);
  const rest = from + WINDOW < text.length ? '…' : '';
  const before = text.slice(from, column - 1);
  const number = String(line);
  const marked = text.slice(column - 1, Math.min(column - 1 + length, from + WINDOW));
  return [
    `    ${number} | ${cut}${printable(shown)}${rest}`,
    `    ${' '.repeat(number.length)} | ${' '.repeat(cut.length + cellWidth(before))}${paint(31, '~'.repeat(Math.max(1, cellWidth(marked))))}`,
  ];
}

/** A diagnostic as `--progress json` gives it, one object a line. */
export function diagnosticJson(
  diagnostic: Diagnostic,
  style: Pick<DiagnosticStyle, 'cwd'>,
): Record<string, unknown> {
  const { severity, code, message, span, path, notes, hint } = diagnostic;
  return {
    ...(severity === 'error' ? { error: true } : { warning: true }),
    message,
    code,
    ...(span === undefined ? {} : jsonPlace(span)),
    ...(path === undefined ? {} : { path }),
    ...(hint === undefined ? {} : { hint }),
    ...(notes === undefined
      ? {}
      : {
          notes: notes.map((note) => ({
            message: note.message,
            ...(note.span === undefined ? {} : jsonPlace(note.span)),
          })),
        }),
  };

  function jsonPlace(at: Span): Record<string, unknown> {
    const { line, column } = lineColumn(at.file, at.start);
    return { file: shortPath(at.file.path, style.cwd), line, column };
  }
}
