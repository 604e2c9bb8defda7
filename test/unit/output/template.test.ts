import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatList } from '../../../src/output/formatted-list.ts';
import { evaluateTemplate } from '../../../src/output/template/evaluate.ts';
import { parseTemplate } from '../../../src/output/template/parse.ts';
import { TemplateError } from '../../../src/output/template/template-error.ts';

const data = {
  Name: 'web-1',
  Image: 'nginx:1.27',
  Count: 3,
  Ports: ['80', '443'],
  Labels: { a: '1', b: '2' },
  Empty: '',
  Nested: { Deep: { Value: 'x' } },
  Label: (name: string) => (name === 'a' ? '1' : ''),
};

const apply = (source: string): string => evaluateTemplate(parseTemplate(source), data);

describe('templates of --format', () => {
  it.each([
    ['plain text', 'plain text'],
    ['{{.Name}} runs {{.Image}}', 'web-1 runs nginx:1.27'],
    ['{{ .Nested.Deep.Value }}', 'x'],
    ['{{json .Ports}}', '["80","443"]'],
    ['{{json .Name | printf "%s!"}}', '"web-1"!'],
    ['{{join .Ports ","}}', '80,443'],
    ['{{range .Ports}}<{{.}}>{{end}}', '<80><443>'],
    ['{{range $i, $p := .Ports}}{{$i}}={{$p}} {{end}}', '0=80 1=443 '],
    ['{{range $k, $v := .Labels}}{{$k}}:{{$v}};{{end}}', 'a:1;b:2;'],
    ['{{range .Empty}}x{{else}}none{{end}}', 'none'],
    ['{{if .Empty}}yes{{else}}no{{end}}', 'no'],
    ['{{if eq .Count 2}}two{{else if eq .Count 3}}three{{else}}many{{end}}', 'three'],
    ['{{if and .Name (gt .Count 2)}}ok{{end}}', 'ok'],
    ['{{with .Nested.Deep}}{{.Value}}{{end}}', 'x'],
    ['{{with .Empty}}x{{else}}{{.Name}}{{end}}', 'web-1'],
    ['{{$n := .Name}}{{$n}}', 'web-1'],
    ['{{index .Labels "b"}}', '2'],
    ['{{index .Ports 1}}', '443'],
    ['{{.Label "a"}}', '1'],
    ['{{len .Ports}}', '2'],
    ['{{upper .Name}} {{lower "ABC"}} {{title "abc"}}', 'WEB-1 abc Abc'],
    ['{{printf "%-8s|%3d|%q" .Name .Count .Image}}', 'web-1   |  3|"nginx:1.27"'],
    ['{{pad .Name 1 2}}|', ' web-1  |'],
    ['{{truncate .Name 3}}', 'web'],
    ['{{split .Image ":"}}', '[nginx 1.27]'],
    ['a {{- .Name -}} b', 'aweb-1b'],
    ['{{/* nothing */}}x', 'x'],
    ['{{"a\\tb"}} {{`c`}}', 'a\tb c'],
    ['{{.}}', expect.stringContaining('map[') as unknown as string],
    ['{{not .Empty}} {{or .Empty .Name}}', 'true web-1'],
    ['{{(index .Ports 0)}}', '80'],
    ['{{json .}}', expect.stringContaining('"Name":"web-1"') as unknown as string],
  ])('apply %s', (source, expected) => {
    expect(apply(source)).toEqual(expected);
  });

  it.each([
    ['{{.Nope}}', "can't evaluate field Nope"],
    ['{{nope .}}', 'function "nope" not defined'],
    ['{{.Name', 'unclosed action'],
    ['{{if .Name}}x', 'unexpected EOF'],
    ['{{end}}', 'unexpected {{end}}'],
    ['{{}}', 'missing value for command'],
    ['{{.Name | }}', 'missing value for command'],
    ['{{$x}}', 'undefined variable "$x"'],
    ['{{index .Ports 9}}', 'index out of range'],
    ['{{.Name "x"}}', "can't give argument to non-function .Name"],
    ['{{%}}', 'unexpected "%" in operand'],
    ['{{(.Name}}', 'unclosed left paren'],
  ])('refuse %s', (source, message) => {
    expect(() => apply(source)).toThrow(TemplateError);
    expect(() => apply(source)).toThrow(message);
  });

  it('never fail in another way than with a template error', () => {
    fc.assert(
      fc.property(fc.string(), (source) => {
        try {
          apply(`{{${source}}}`);
        } catch (error) {
          expect(error).toBeInstanceOf(TemplateError);
        }
      }),
    );
  });

  it('leave text without actions alone', () => {
    fc.assert(
      fc.property(
        fc.string().filter((text) => !text.includes('{{')),
        (text) => {
          expect(apply(text)).toBe(text);
        },
      ),
    );
  });
});

describe('lists', () => {
  const view = {
    rows: [
      { Name: 'web-1', State: 'running', Label: () => 'x' },
      { Name: 'database-1', State: 'exited', Label: () => 'y' },
    ],
    headings: { Name: 'NAME', State: 'STATE' },
    defaultTable: String.raw`table {{.Name}}\t{{.State}}`,
  };

  it('are tables by default', () => {
    expect(formatList(view, '')).toBe(
      'NAME         STATE\nweb-1        running\ndatabase-1   exited\n',
    );
    expect(formatList(view, 'table')).toBe(formatList(view, ''));
  });

  it('are tables of what a template names', () => {
    expect(formatList(view, String.raw`table {{.State}}\t{{.Label "a"}}`)).toBe(
      'STATE     a\nrunning   x\nexited    y\n',
    );
  });

  it('are one JSON object a line', () => {
    expect(formatList(view, 'json').split('\n')[0]).toBe('{"Name":"web-1","State":"running"}');
  });

  it('are one line a row for other templates', () => {
    expect(formatList(view, '{{.Name}}')).toBe('web-1\ndatabase-1\n');
  });

  it('show headings even without rows', () => {
    expect(formatList({ ...view, rows: [] }, '')).toBe('NAME      STATE\n');
  });
});
