import { describe, expect, it } from 'vitest';
import { formatTable } from '../../../src/output/table.ts';

describe('tables', () => {
  it('pad every column but the last to its widest cell and three blanks', () => {
    expect(
      formatTable([
        ['NAME', 'STATUS'],
        ['a-long-name-1', 'Up'],
      ]),
    ).toBe('NAME            STATUS\na-long-name-1   Up\n');
  });

  it('give narrow columns their least width', () => {
    expect(formatTable([['A', 'B', 'C']], { minWidth: 10 })).toBe('A         B         C\n');
  });

  it('are empty without rows', () => {
    expect(formatTable([])).toBe('');
  });
});
