import { alignTabs } from './tabwriter.ts';
import { evaluateTemplate } from './template/evaluate.ts';
import { goJson } from './template/functions.ts';
import { parseTemplate } from './template/parse.ts';

/** Rows of a list command and how they may be shown. */
export interface ListView<Row extends object> {
  readonly rows: readonly Row[];
  /** Heading of each field in tables. */
  readonly headings: Readonly<Record<string, string>>;
  /** What `table` means: a template, `table {{.Name}}\t{{.Status}}`. */
  readonly defaultTable: string;
}

/**
 * Formats a list as docker's `--format` does: `table` (or nothing), `table TEMPLATE`, `json` (one
 * object a line) or a Go template that is applied to each row.
 *
 * @throws TemplateError when the template is wrong
 */
export function formatList<Row extends object>(view: ListView<Row>, format: string): string {
  if (format === 'json') return view.rows.map((row) => `${goJson(row)}\n`).join('');
  const source = format === '' || format === 'table' ? view.defaultTable : format;
  const isTable = source.startsWith('table');
  const text = unescapeTabs(isTable ? source.slice('table'.length).trimStart() : source);
  const template = parseTemplate(text);
  const lines = view.rows.map((row) => evaluateTemplate(template, row));
  if (!isTable) return lines.map((line) => `${line}\n`).join('');
  const heading = evaluateTemplate(template, headings(view));
  return alignTabs([heading, ...lines].map((line) => `${line}\n`).join(''), {
    minWidth: 10,
    padding: 3,
  });
}

/** A row that gives each field's heading, also for fields that are called with an argument. */
function headings<Row extends object>(view: ListView<Row>): object {
  const [first] = view.rows;
  const names = new Set([...Object.keys(view.headings), ...Object.keys(first ?? {})]);
  const known: Readonly<Record<string, string | undefined>> = view.headings;
  return Object.fromEntries(
    [...names].map((name) => {
      const isCall = typeof (first as Record<string, unknown> | undefined)?.[name] === 'function';
      const heading = known[name] ?? '';
      return [name, isCall ? String : heading];
    }),
  );
}

function unescapeTabs(text: string): string {
  return text.replaceAll(String.raw`\t`, '\t').replaceAll(String.raw`\n`, '\n');
}
