import type { ErrorCode, YAMLError } from 'yaml';

import type { Diagnostic } from './diagnostic.ts';
import { lineColumn, lineText } from './source.ts';
import type { SourceFile } from './source.ts';

const tabHint = 'YAML is indented with spaces only: replace the tab by spaces';

/** The character that YAML forbids anywhere in a file (NUL and other control characters). */
export function findForbiddenCharacter(file: SourceFile): Diagnostic | undefined {
  // eslint-disable-next-line no-control-regex -- they are what is looked for
  const at = file.text.search(/[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ud800-\udfff\ue000-\ufffd]/);
  if (at < 0) return undefined;
  const code = (file.text.codePointAt(at) ?? 0).toString(16).toUpperCase().padStart(4, '0');
  return {
    severity: 'error',
    code: 'yaml/control-character',
    message: 'yaml: control characters are not allowed',
    span: { file, start: at, end: at + 1 },
    hint: `the file contains U+${code}: is it a text file in UTF-8?`,
  };
}

interface Wording {
  readonly message: string;
  readonly hint?: string;
}

/** A fault that the parser found, in the words of the reference where it has some. */
export function syntaxDiagnostic(file: SourceFile, error: YAMLError): Diagnostic {
  const [start, end] = error.pos;
  const wording = describe(error.code, error.message, file, start);
  return {
    severity: 'error',
    code: `yaml/${error.code.toLowerCase().replaceAll('_', '-')}`,
    message: `yaml: ${wording.message}`,
    span: { file, start, end: Math.max(end, start) },
    ...(wording.hint !== undefined && { hint: wording.hint }),
  };
}

function describe(code: ErrorCode, message: string, file: SourceFile, at: number): Wording {
  const hint = hintFor(code, lineText(file, lineColumn(file, at).line));
  if (code === 'TAB_AS_INDENT') {
    return { message: 'found a tab character where an indentation is expected', hint: tabHint };
  }
  if (code === 'BLOCK_AS_IMPLICIT_KEY') {
    return {
      message: 'mapping values are not allowed in this context',
      hint: hint ?? 'a value that contains ": " must be quoted',
    };
  }
  if (code === 'BAD_DQ_ESCAPE') {
    return {
      message: `found unknown escape character (${message})`,
      hint: "in double quotes a backslash starts an escape: write \\\\ or use 'single quotes'",
    };
  }
  return {
    message: `did not find expected content: ${message}`,
    ...(hint !== undefined && { hint }),
  };
}

function hintFor(code: ErrorCode, line: string): string | undefined {
  if (/^ *\t/.test(line)) return tabHint;
  if (code === 'BAD_INDENT') return 'keys of one mapping must start in the same column';
  if (code === 'BAD_SCALAR_START') return 'quote the value';
  return undefined;
}
