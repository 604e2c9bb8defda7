import { nearest } from '../foundation/nearest.ts';
import { alignTabs, type TabOptions } from './tabwriter.ts';
import { headingFunctions, templateFunctions } from './template/docker-functions.ts';
import { applyTemplate } from './template/evaluate.ts';
import { parseTemplate } from './template/parse.ts';
import type { Template } from './template/syntax.ts';
import { TemplateError } from './template/template-error.ts';
import { Receiver } from './template/values.ts';

/** Rows of a list command and how they may be shown. */
export interface ListView<Row extends object> {
  readonly rows: readonly Row[];
  /** What Go calls a row, for messages that scripts of Compose know. */
  readonly typeName: string;
  /** Heading of each field in tables. */
  readonly headings: Readonly<Record<string, string>>;
  /** Templates that have a name: `table`, `raw`, and the empty one. */
  readonly named: Readonly<Record<string, string>>;
  /** Room of columns in tables; default: that of docker's own. */
  readonly columns?: TabOptions;
}

/** Room of columns in docker's own tables. */
const COLUMNS = { minWidth: 10, padding: 3 };

/**
 * Formats a list as docker's `--format` does: `table TEMPLATE`, `json` (one object a line), the name of a
 * template, or a Go template that is applied to each row.
 *
 * @throws TemplateError when the template is wrong
 */
export function formatList<Row extends object>(view: ListView<Row>, format: string): string {
  const source = Object.hasOwn(view.named, format) ? (view.named[format] ?? '') : format;
  const isTable = source.startsWith('table');
  const text = source === 'json' ? '{{json .}}' : source.slice(isTable ? 'table'.length : 0);
  try {
    const template = parseTemplate(trimmed(text), new Set(templateFunctions.keys()));
    const rows = view.rows.map((row) => `${applyToRow(template, view, row)}\n`).join('');
    if (!isTable) return rows;
    return alignTabs(`${headingLine(template, view)}\n${rows}`, view.columns ?? COLUMNS);
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    throw new TemplateError(`template parsing error: ${error.message}`, hintFor(error, view));
  }
}

function applyToRow<Row extends object>(
  template: Template,
  { typeName }: ListView<Row>,
  row: Row,
): string {
  let line = '';
  const write = (text: string): void => {
    line += text;
  };
  const receiver = new Receiver(typeName, row as Readonly<Record<string, unknown>>);
  applyTemplate(template, receiver, { functions: templateFunctions, write });
  return line;
}

/** The template applied to headings, as far as that goes: what it does with values may not fit them. */
function headingLine<Row extends object>(template: Template, { headings }: ListView<Row>): string {
  let line = '';
  const write = (text: string): void => {
    line += text;
  };
  const entries = new Map(Object.entries(headings));
  const receiver = new Receiver('formatter.SubHeaderContext', { Label: labelHeading }, entries);
  try {
    applyTemplate(template, receiver, { functions: headingFunctions, write });
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
  }
  return line;
}

/** `com.example.last-part` is headed `last part`. */
function labelHeading(name: string): string {
  return name.slice(name.lastIndexOf('.') + 1).replaceAll(/[-_]/g, ' ');
}

/** Blanks around go; tabs and line breaks may be written as in a shell word. */
function trimmed(text: string): string {
  return text
    .replaceAll(/^ +| +$/g, '')
    .replaceAll(String.raw`\t`, '\t')
    .replaceAll(String.raw`\n`, '\n');
}

/** What may have been meant, or what there is. */
function hintFor<Row extends object>(
  { message }: TemplateError,
  view: ListView<Row>,
): string | undefined {
  const field = /can't evaluate field (\w+) in type (\S+)/.exec(message);
  if (field !== null) {
    const [, name = '', type] = field;
    if (type !== view.typeName) return undefined;
    const fields = Object.keys(view.rows[0] ?? {});
    const near = nearest(name, fields);
    return near === undefined ? `fields: ${fields.join(', ')}` : `did you mean .${near}?`;
  }
  const called = /function "(\w+)" not defined/.exec(message)?.[1];
  if (called === undefined) return undefined;
  const fields = Object.keys(view.rows[0] ?? {});
  if (fields.includes(called)) return `did you mean .${called}?`;
  const near = nearest(called, [...templateFunctions.keys(), ...fields]);
  if (near === undefined) return `functions: ${[...templateFunctions.keys()].join(', ')}`;
  return templateFunctions.has(near) ? `did you mean ${near}?` : `did you mean .${near}?`;
}
