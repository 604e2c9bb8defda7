import { cellWidth } from './cell-width.ts';

export interface TabOptions {
  /** Least width of a column, padding included. */
  readonly minWidth: number;
  /** Blanks between columns. */
  readonly padding: number;
  /** How much room a cell takes; by default in cells of a terminal. */
  readonly measure?: (cell: string) => number;
}

/** One character, one cell: what Go's own tabwriter counts. */
export function characters(text: string): number {
  return Array.from(text).length;
}

/**
 * Replaces tabs by blanks so that what stands between them is aligned, as Go's tabwriter does: a
 * column is a run of neighbouring lines that all have a tab there, and is as wide as its widest
 * cell. The last cell of a line, which no tab ends, belongs to no column.
 */
export function alignTabs(text: string, options: TabOptions): string {
  const lines = text.split('\n').map((line) => line.split('\t'));
  const widths = lines.map((): number[] => []);
  alignBlock({ lines, widths, options }, 0, { from: 0, to: lines.length });
  const measure = options.measure ?? cellWidth;
  const filled = lines.map((cells, row) =>
    cells
      .map((cell, column) => {
        const width = column < cells.length - 1 ? (widths[row]?.[column] ?? 0) : 0;
        return cell + ' '.repeat(Math.max(0, width - measure(cell)));
      })
      .join(''),
  );
  return filled.join('\n');
}

interface Layout {
  readonly lines: readonly (readonly string[])[];
  /** By line and column; filled from the left. */
  readonly widths: readonly number[][];
  readonly options: TabOptions;
}

/** Measures the column's blocks within the lines, then what is to the right of each of them. */
function alignBlock(
  layout: Layout,
  column: number,
  { from, to }: { readonly from: number; readonly to: number },
): void {
  const { lines, widths, options } = layout;
  const { minWidth, padding, measure = cellWidth } = options;
  const hasColumn = (row: number): boolean => row < to && column < (lines[row]?.length ?? 0) - 1;
  for (let row = from; row < to; row += 1) {
    if (!hasColumn(row)) continue;
    const start = row;
    let width = minWidth;
    for (; hasColumn(row); row += 1) {
      width = Math.max(width, measure(lines[row]?.[column] ?? '') + padding);
    }
    for (let at = start; at < row; at += 1) (widths[at] as number[])[column] = width;
    alignBlock(layout, column + 1, { from: start, to: row });
  }
}
