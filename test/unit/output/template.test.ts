import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { containerView } from '../../../src/app/list-containers.ts';
import type { ContainerRow } from '../../../src/app/container-row.ts';
import { formatList } from '../../../src/output/formatted-list.ts';
import { templateFunctions } from '../../../src/output/template/docker-functions.ts';
import { applyTemplate } from '../../../src/output/template/evaluate.ts';
import { parseTemplate } from '../../../src/output/template/parse.ts';
import { TemplateError } from '../../../src/output/template/template-error.ts';
import { typed } from '../../../src/output/template/values.ts';

/** A template, and what `docker-compose ps --format` of Compose 2.40.3 made of it for {@link web}. */
interface Fact {
  readonly template: string;
  readonly prints?: string;
  readonly fails?: string;
}

const facts = JSON.parse(
  readFileSync(new URL('template-facts.json', import.meta.url), 'utf8'),
) as readonly Fact[];

const publisher = (URL: string, TargetPort: number, PublishedPort: number, Protocol: string) =>
  typed('api.PortPublisher', { URL, TargetPort, PublishedPort, Protocol });

const labels: Readonly<Record<string, string>> = { x: 'a<b>&c', 'y.z-q': '1' };

/** The container that the facts were gathered on, as far as they show it. */
const web: ContainerRow = {
  Command: '"httpd -f -p 8080 -h…"',
  CreatedAt: '2026-11-21 02:48:26 +0000 UTC',
  Engine: '',
  ExitCode: 0,
  Health: '',
  ID: '89cdeda41669',
  Image: 'test-web',
  Labels: 'x=a<b>&c,y.z-q=1',
  LocalVolumes: '2',
  Mounts: 'lab_data',
  Name: 'lab-web-1',
  Names: 'lab-web-1',
  Networks: 'lab_default',
  Ports: '0.0.0.0:32768->8080/tcp',
  Project: 'lab',
  Publishers: typed('api.PortPublishers', [
    publisher('127.0.0.1', 81, 18_081, 'tcp'),
    ...[90, 91, 92].flatMap((port) => [
      publisher('0.0.0.0', port, port, 'udp'),
      publisher('::', port, port, 'udp'),
    ]),
    publisher('0.0.0.0', 8080, 32_768, 'tcp'),
    publisher('::', 8080, 32_768, 'tcp'),
  ]),
  RunningFor: '26 minutes ago',
  Service: 'web',
  Size: '0B',
  State: 'running',
  Status: 'Up 26 minutes',
  Label: (name) => labels[name] ?? '',
};

const show = (format: string, rows = [web]): string => formatList(containerView(rows), format);

describe('what docker makes of templates', () => {
  it.each(facts.filter(({ prints }) => prints !== undefined))('$template', (fact) => {
    expect(show(fact.template)).toBe(fact.prints);
  });

  it.each(facts.filter(({ fails }) => fails !== undefined))('$template fails', (fact) => {
    expect(() => show(fact.template)).toThrow(TemplateError);
    expect(() => show(fact.template)).toThrow(expect.objectContaining({ message: fact.fails }));
  });
});

describe('lists', () => {
  const heading =
    'NAME        IMAGE      COMMAND                  SERVICE   CREATED          STATUS';

  it('are tables by default', () => {
    expect(show('').split('\n')[0]).toBe(`${heading}          PORTS`);
    expect(show('table')).toBe(show(''));
  });

  it('have headings even without rows, with the least widths', () => {
    expect(show('', [])).toBe(
      'NAME      IMAGE     COMMAND   SERVICE   CREATED   STATUS    PORTS\n',
    );
  });

  it('are one JSON object a line, keys sorted, with HTML escaped', () => {
    const [line = '', rest] = show('json').split('\n');
    expect(rest).toBe('');
    expect(line).toContain(String.raw`"Labels":"x=a\u003cb\u003e\u0026c,y.z-q=1"`);
    const keys = Object.keys(JSON.parse(line) as object);
    expect(keys).toEqual(keys.toSorted());
    expect(keys).not.toContain('Label');
    expect(show('json', [])).toBe('');
    expect(show('{{json .}}')).toBe(show('json'));
  });

  it('name the engine where a label does', () => {
    expect(show('', [web, { ...web, Engine: 'moby' }])).toMatch(
      /^NAME .* PORTS +ENGINE\n.* 0\.0\.0\.0:32768->8080\/tcp +\n.* +moby\n$/,
    );
  });

  it('can be raw', () => {
    expect(show('raw')).toBe(
      `container_id: 89cdeda41669
image: test-web
command: "httpd -f -p 8080 -h…"
created_at: 2026-11-21 02:48:26 +0000 UTC
state: running
status: Up 26 minutes
names: lab-web-1
labels: x=a<b>&c,y.z-q=1
ports: 0.0.0.0:32768->8080/tcp

`,
    );
  });

  it('are checked even when there are no rows', () => {
    expect(() => show('{{', [])).toThrow('template parsing error: template: :1: unclosed action');
  });
});

describe('mistakes in templates', () => {
  it.each([
    ['{{.name}}', 'did you mean .Name?'],
    ['{{.Sevice}}', 'did you mean .Service?'],
    ['{{.Nothing}}', /^fields: Command, CreatedAt/],
    ['{{uper .Name}}', 'did you mean upper?'],
    ['{{Name}}', 'did you mean .Name?'],
    ['{{zzzzzzz}}', /^functions: /],
    ['{{.Name.Foo}}', undefined],
    ['{{if}}', undefined],
  ])('%s: %s', (template, hint) => {
    try {
      show(template);
      expect.unreachable();
    } catch (error) {
      const { hint: given } = error as TemplateError;
      if (hint instanceof RegExp) expect(given).toMatch(hint);
      else expect(given).toBe(hint);
    }
  });

  it('are told with their line', () => {
    expect(() => show('{{.Name}}\n\n{{nope}}')).toThrow(
      'template: :3: function "nope" not defined',
    );
    expect(() => show('{{.Name}}\n é{{.Nope}}')).toThrow('template: :2:5: executing');
  });

  it('never show in another way', () => {
    const words = fc.constantFrom(
      '{{',
      '}}',
      '{{-',
      '-}}',
      '.Name',
      'range',
      'if',
      'else',
      'end',
      'with',
      '$x',
      ':=',
      '|',
      '(',
      ')',
      '"s"',
      '1',
      '-1.5',
      'index',
      'printf',
      '"%d %s"',
      'slice',
      'eq',
      '.Publishers',
      'define',
      'template',
      'break',
      'nil',
      ' ',
      '\n',
    );
    const source = fc.oneof(
      fc.string(),
      fc.array(words).map((all) => all.join(' ')),
    );
    fc.assert(
      fc.property(source, (text) => {
        try {
          show(`{{${text}}}`);
          show(text);
        } catch (error) {
          expect(error).toBeInstanceOf(TemplateError);
        }
      }),
      { numRuns: 500 },
    );
  });
});

describe('templates', () => {
  it('leave text without actions alone', () => {
    fc.assert(
      fc.property(
        fc.string().filter((text) => !text.includes('{{')),
        (text) => {
          const template = parseTemplate(text, new Set());
          let out = '';
          applyTemplate(
            template,
            {},
            { functions: templateFunctions, write: (part) => (out += part) },
          );
          expect(out).toBe(text);
        },
      ),
    );
  });

  it('do not call themselves for ever', () => {
    expect(() => show('{{define "t"}}{{template "t"}}{{end}}{{template "t"}}')).toThrow(
      'exceeded maximum template depth',
    );
  });
});
