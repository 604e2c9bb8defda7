import type { Diagnostic } from './diagnostic.ts';
import { lineColumn, lineText } from './source.ts';
import type { SourceFile } from './source.ts';
import type { YamlFault } from './yaml-token.ts';

/** The character that YAML forbids anywhere in a file (NUL and other control characters). */
export function findForbiddenCharacter(file: SourceFile): Diagnostic | undefined {
  const at = file.text.search(/[^\t\n\r\x20-\x7e\x85\xa0-\ufffd]/);
  if (at < 0) return undefined;
  const code = file.text.charCodeAt(at).toString(16).toUpperCase().padStart(4, '0');
  return {
    severity: 'error',
    code: 'yaml/control-character',
    message: 'yaml: control characters are not allowed',
    span: { file, start: at, end: at + 1 },
    hint: `the file contains U+${code}: is it a text file in UTF-8?`,
  };
}

/**
 * A syntax fault in the words of the reference, with what would help. The line in them is the one
 * that is shown; that of the reference is where the block begins, or the one before.
 */
export function syntaxDiagnostic(file: SourceFile, fault: YamlFault): Diagnostic {
  const { at, context, message } = fault;
  // What never ends is best shown where it begins.
  const isOpen = context !== undefined && at >= file.text.trimEnd().length;
  const start = isOpen ? context.start : at;
  const hint = hintFor(file, message, start);
  return {
    severity: 'error',
    code: 'yaml/syntax',
    message: `yaml: line ${lineColumn(file, start).line}: ${message}`,
    span: { file, start, end: Math.min(start + 1, file.text.length) },
    ...(context !== undefined &&
      context.start !== start && {
        notes: [
          { message: context.text, span: { file, start: context.start, end: context.start + 1 } },
        ],
      }),
    ...(hint !== undefined && { hint }),
  };
}

const hints: readonly (readonly [RegExp, string])[] = [
  [/tab character/, 'YAML is indented with spaces only: replace the tab by spaces'],
  [/mapping values are not allowed/, 'quote a value that contains ": ", and check the indentation'],
  [/expected key|'-' indicator/, 'keys and items of one block must start in the same column'],
  [/expected ':'/, 'is a ":" missing, or does this line belong to the value above?'],
  [/cannot start any token/, 'quote a value that starts with this character'],
  [
    /escape character|hexadecimal/,
    String.raw`in double quotes a backslash starts an escape: write \\, or use single quotes`,
  ],
  [/end of stream/, 'the quote that opens here is never closed'],
  [/expected ',' or/, 'is a comma or the closing bracket missing?'],
  [/incompatible YAML/, 'remove the %YAML line'],
];

function hintFor(file: SourceFile, message: string, at: number): string | undefined {
  const line = lineText(file, lineColumn(file, at).line);
  const subject = /^ *\t/.test(line) ? 'tab character' : message;
  return hints.find(([pattern]) => pattern.test(subject))?.[1];
}

/**
 * The text with the block around a fault blanked out, so that reading it again finds what else is
 * wrong; offsets stay the same.
 */
export function withoutFaultyBlock(text: string, fault: YamlFault): string {
  const inner =
    fault.context !== undefined && /quoted|flow|simple key|block scalar/.test(fault.context.text);
  const at = inner ? (fault.context?.start ?? fault.at) : fault.at;
  const start = text.lastIndexOf('\n', Math.min(at, text.length) - 1) + 1;
  const indent = indentOf(text, start);
  let end = endOfLine(text, start);
  while (end < text.length) {
    const next = endOfLine(text, end + 1);
    const isEmpty = text.slice(end + 1, next).trim() === '';
    if (!isEmpty && indentOf(text, end + 1) <= indent) break;
    end = next;
  }
  return text.slice(0, start) + text.slice(start, end).replace(/[^\n]/g, ' ') + text.slice(end);
}

/** Spaces before a line's text; a line indented with tabs counts as deeper than any other. */
function indentOf(text: string, lineStart: number): number {
  let at = lineStart;
  while (text[at] === ' ') at += 1;
  return text[at] === '\t' ? Infinity : at - lineStart;
}

function endOfLine(text: string, from: number): number {
  const end = text.indexOf('\n', from);
  return end < 0 ? text.length : end;
}
