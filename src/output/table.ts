import { alignTabs, type TabOptions } from './tabwriter.ts';

/** Aligns cells in columns. Ends with a line break unless there are no rows. */
export function formatTable(rows: readonly (readonly string[])[], options: TabOptions): string {
  return alignTabs(rows.map((row) => `${row.join('\t')}\n`).join(''), options);
}
