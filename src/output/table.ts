import { cellWidth } from './cell-width.ts';

/** Blanks between columns, as in every table of docker. */
const PADDING = 3;

export interface TableOptions {
  /** Least width of a column without padding's sake: 10 in docker's own tables, 20 in `ls`. */
  readonly minWidth: number;
}

/**
 * Aligns cells in columns, as Go's tabwriter does for docker: every column but the last is padded to
 * its widest cell plus three blanks. Ends with a line break unless there are no rows.
 */
export function formatTable(
  rows: readonly (readonly string[])[],
  options: TableOptions = { minWidth: 10 },
): string {
  const widths: number[] = [];
  for (const row of rows) {
    for (const [at, cell] of row.slice(0, -1).entries()) {
      const width = Math.max(options.minWidth, cellWidth(cell) + PADDING);
      widths[at] = Math.max(widths[at] ?? 0, width);
    }
  }
  return rows
    .map((row) =>
      row.map((cell, at) => (at < row.length - 1 ? pad(cell, widths[at] ?? 0) : cell)).join(''),
    )
    .map((line) => `${line}\n`)
    .join('');
}

function pad(cell: string, width: number): string {
  return cell + ' '.repeat(Math.max(0, width - cellWidth(cell)));
}
