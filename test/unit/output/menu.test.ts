import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cellWidth } from '../../../src/output/cell-width.ts';
import { menuLines, type MenuItem } from '../../../src/output/menu-line.ts';
import { MenuScreen } from '../../../src/output/menu-screen.ts';
import { TestTerminal } from './test-terminal.ts';

const items: readonly MenuItem[] = [
  { key: 'w', label: 'Enable Watch' },
  { key: 'd', label: 'Detach' },
];

function plain(columns: number, notice?: string): readonly string[] {
  return menuLines({ items, notice }, { columns, color: false });
}

describe('a menu', () => {
  it.each<[number, string]>([
    [80, 'w Enable Watch   d Detach'],
    [25, 'w Enable Watch   d Detach'],
    [24, 'w Enable Watch d Detach'],
    [23, 'w Enable Watch d Detach'],
    [22, 'w d'],
    [3, 'w d'],
    [2, ''],
  ])('has on %i columns what fits', (columns, expected) => {
    expect(plain(columns)).toEqual([expected]);
  });

  it('has a notice above it, cut where it is too long', () => {
    expect(plain(30, 'not possible')).toEqual(['not possible', 'w Enable Watch   d Detach']);
    expect(plain(8, 'not possible')).toEqual(['not pos…', 'w d']);
  });

  it('shows keys so that they stand out', () => {
    const [line] = menuLines({ items, notice: undefined }, { columns: 80, color: true });
    expect(line).toBe(
      '\u001B[1;7mw\u001B[0m\u001B[2m Enable Watch\u001B[0m   \u001B[1;7md\u001B[0m\u001B[2m Detach\u001B[0m',
    );
  });

  it('never wraps', () => {
    fc.assert(
      fc.property(fc.nat(100), fc.option(fc.string(), { nil: undefined }), (columns, notice) => {
        for (const line of plain(columns, notice)) {
          expect(cellWidth(line)).toBeLessThanOrEqual(columns);
        }
      }),
    );
  });
});

describe('the bottom of a terminal', () => {
  function open(columns = 40): { terminal: TestTerminal; screen: MenuScreen } {
    const terminal = new TestTerminal(columns, 30);
    const screen = new MenuScreen(terminal, (width) => plain(width));
    screen.write('before\n');
    screen.open();
    return { terminal, screen };
  }

  it('keeps the menu below everything that is written', () => {
    const { terminal, screen } = open();
    screen.write('one\ntwo\n');
    screen.write('three\n');
    expect(terminal.text()).toBe('before\none\ntwo\nthree\nw Enable Watch   d Detach');
    expect(terminal.cursorHidden).toBe(true);
  });

  it('waits for the ends of lines', () => {
    const { terminal, screen } = open();
    screen.write('o');
    screen.write('ne\ntw');
    expect(terminal.text()).toBe('before\none\nw Enable Watch   d Detach');
    screen.close();
    expect(terminal.text()).toBe('before\none\ntw');
  });

  it('is left as it was found', () => {
    const { terminal, screen } = open();
    screen.write('one\n');
    screen.close();
    screen.close();
    screen.write('after\n');
    expect(terminal.text()).toBe('before\none\nafter');
    expect(terminal.cursorHidden).toBe(false);
    expect(terminal.listeners.size).toBe(0);
  });

  it('follows the width of the terminal', () => {
    const { terminal, screen } = open();
    terminal.resize(10, 30);
    screen.write('one\n');
    expect(terminal.text()).toBe('before\none\nw d');
    terminal.resize(40, 30);
    expect(terminal.text()).toBe('before\none\nw Enable Watch   d Detach');
  });

  it('stays below lines that wrap', () => {
    const { terminal, screen } = open(10);
    screen.write('a line that is longer\n');
    screen.update();
    expect(terminal.text().split('\n').at(-1)).toBe('w d');
    expect(terminal.text().match(/w d/g)).toHaveLength(1);
  });
});
