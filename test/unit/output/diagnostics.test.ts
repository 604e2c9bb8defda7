import { describe, expect, it } from 'vitest';
import { diagnosticJson, formatDiagnostics } from '../../../src/output/diagnostics.ts';
import type { SourceFile, Span } from '../../../src/compose/source.ts';

const style = { cwd: '/app', color: false };

function at(file: SourceFile, word: string): Span {
  const start = file.text.indexOf(word);
  return { file, start, end: start + word.length };
}

describe('printed diagnostics', () => {
  it('show message, place, trail, source line with squiggle, notes and help', () => {
    const file = { path: '/app/compose.yaml', text: 'services:\n  web:\n    prots: []\n' };
    const base = { path: '/elsewhere/base.yaml', text: 'services:\n  web: {}\n' };
    expect(
      formatDiagnostics(
        [
          {
            severity: 'error',
            code: 'schema/unknown-key',
            message: "additional properties 'prots' not allowed",
            span: at(file, 'prots'),
            path: 'services.web',
            notes: [{ message: 'first defined here', span: at(base, 'web') }],
            hint: 'did you mean ports?',
          },
        ],
        style,
      ),
    ).toBe(
      [
        "additional properties 'prots' not allowed",
        '  compose.yaml:3:5  services.web',
        '    3 |     prots: []',
        '      |     ~~~~~',
        '  note: first defined here',
        '  /elsewhere/base.yaml:2:3',
        '    2 |   web: {}',
        '      |   ~~~',
        '  help: did you mean ports?',
        '',
      ].join('\n'),
    );
  });

  it('keep the squiggle below its word behind tabs and wide characters', () => {
    const file = { path: '/app/c.yaml', text: 'a:\t"日本" bad\n' };
    const text = formatDiagnostics(
      [{ severity: 'error', code: 'x/y', message: 'm', span: at(file, 'bad') }],
      style,
    );
    expect(text).toContain('    1 | a:  "日本" bad\n      |            ~~~\n');
  });

  it('cut a long line to a window around the mistake', () => {
    const file = { path: '/app/c.yaml', text: `${'x'.repeat(500)}bad${'y'.repeat(500)}` };
    const lines = formatDiagnostics(
      [{ severity: 'error', code: 'x/y', message: 'm', span: at(file, 'bad') }],
      style,
    ).split('\n');
    expect(lines[2]).toContain('bad');
    expect(lines[2]?.length).toBeLessThan(120);
    expect(lines[3]?.indexOf('~~~')).toBe(lines[2]?.indexOf('bad'));
  });

  it('mark only the first line of a span that goes over several', () => {
    const file = { path: '/app/c.yaml', text: 'a:\n  b: 1\n  c: 2\n' };
    const text = formatDiagnostics(
      [
        {
          severity: 'warning',
          code: 'x/y',
          message: 'm',
          span: { file, start: 5, end: 16 },
        },
      ],
      style,
    );
    expect(text).toContain('warning: m\n');
    expect(text).toContain('    2 |   b: 1\n      |   ~~~~\n');
  });

  it('are objects with file, line and column in JSON', () => {
    const file = { path: '/app/c.yaml', text: 'a: b\n' };
    expect(
      diagnosticJson(
        { severity: 'error', code: 'x/y', message: 'm', span: at(file, 'b'), hint: 'h' },
        style,
      ),
    ).toEqual({
      error: true,
      message: 'm',
      code: 'x/y',
      file: 'c.yaml',
      line: 1,
      column: 4,
      hint: 'h',
    });
  });
});
