import { goJson } from './go-json.ts';
import { formatTable } from './table.ts';
import { characters } from './tabwriter.ts';

/** A list that knows tables and JSON only: `ls`, `images`. */
export interface PlainList {
  readonly heading: readonly string[];
  readonly cells: readonly (readonly string[])[];
  /** What JSON shows of each row. */
  readonly objects: readonly object[];
}

/**
 * The list in the form that `--format` names: `table`, `json` (one array), or the old `{{json.}}` (one
 * object a line); undefined when it names none.
 */
export function formatPlainList(list: PlainList, format: string): string | undefined {
  switch (format.toLowerCase()) {
    case '':
    case 'table':
    case 'pretty':
      return formatTable([list.heading, ...list.cells], {
        minWidth: 20,
        padding: 3,
        measure: characters,
      });
    case 'json':
      return `${goJson(list.objects)}\n`;
    case '{{json.}}':
      return list.objects.map((object) => `${goJson(object)}\n`).join('');
    default:
      return undefined;
  }
}
