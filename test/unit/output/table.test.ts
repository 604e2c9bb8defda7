import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatTable } from '../../../src/output/table.ts';
import { alignTabs, characters } from '../../../src/output/tabwriter.ts';

const docker = { minWidth: 10, padding: 3 };

describe('tables', () => {
  it('pad every column but the last to its widest cell and three blanks', () => {
    const rows = [
      ['NAME', 'STATUS'],
      ['a-long-name-1', 'Up'],
    ];
    expect(formatTable(rows, docker)).toBe('NAME            STATUS\na-long-name-1   Up\n');
  });

  it('give narrow columns their least width', () => {
    expect(formatTable([['A', 'B', 'C']], docker)).toBe('A         B         C\n');
  });

  it('are empty without rows', () => {
    expect(formatTable([], docker)).toBe('');
  });
});

// The expected texts were printed by Go's text/tabwriter.
describe('tabs', () => {
  const aligned = (text: string): string =>
    alignTabs(text, { minWidth: 4, padding: 2, measure: characters });

  it.each([
    ['a\tb\nlonger\tc\n', 'a       b\nlonger  c\n'],
    ['a\tb\nalone\nlonger\tc\n', 'a   b\nalone\nlonger  c\n'],
    ['a\t\tx\nbbbbb\tcc\ty\n', 'a          x\nbbbbb  cc  y\n'],
    ['a\tb\tc\nd\te\nf\tgggg\th\n', 'a   b   c\nd   e\nf   gggg  h\n'],
    ['a\t\n', 'a   \n'],
    ['', ''],
    ['no tab', 'no tab'],
  ])('in %j become blanks', (text, expected) => {
    expect(aligned(text)).toBe(expected);
  });

  it('count characters or cells of the terminal', () => {
    expect(aligned('日本\tb\n')).toBe('日本  b\n');
    expect(alignTabs('日本\tb\n', { minWidth: 4, padding: 2 })).toBe('日本  b\n');
    expect(alignTabs('日本語\tb\nx\tb\n', { minWidth: 4, padding: 2 })).toBe(
      '日本語  b\nx       b\n',
    );
  });

  it('never lose anything but tabs', () => {
    fc.assert(
      fc.property(fc.array(fc.array(fc.stringMatching(/^[a-z]{0,6}$/))), (rows) => {
        const text = formatTable(rows, docker);
        expect(text.replaceAll(/[ \n]/g, '')).toBe(rows.flat().join(''));
        expect(text.split('\n').length - 1).toBe(rows.length);
      }),
    );
  });
});
