import { cutEnd } from './cell-width.ts';
import { painter } from './paint.ts';

export interface MenuItem {
  /** One letter. */
  readonly key: string;
  readonly label: string;
}

export interface MenuContent {
  readonly items: readonly MenuItem[];
  /** What went wrong with the last key, above the menu. */
  readonly notice: string | undefined;
}

/** The lines of a menu of single keys, as much of it as fits beside each other. */
export function menuLines(
  { items, notice }: MenuContent,
  { columns, color }: { readonly columns: number; readonly color: boolean },
): readonly string[] {
  const paint = painter(color);
  const variants = [
    items.map(({ key, label }) => ({ key, label: ` ${label}`, gap: 3 })),
    items.map(({ key, label }) => ({ key, label: ` ${label}`, gap: 1 })),
    items.map(({ key }) => ({ key, label: '', gap: 1 })),
  ];
  const width = (variant: (typeof variants)[number]): number =>
    variant.reduce((sum, { label, gap }) => sum + 1 + label.length + gap, -(variant[0]?.gap ?? 0));
  const fitting = variants.find((variant) => width(variant) <= columns) ?? [];
  const menu = fitting
    .map(({ key, label }) => paint('1;7', key) + paint('2', label))
    .join(' '.repeat(fitting[0]?.gap ?? 0));
  return [...(notice === undefined ? [] : [cutEnd(notice, columns)]), menu];
}
