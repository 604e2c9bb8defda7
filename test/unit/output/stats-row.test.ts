import { describe, expect, it } from 'vitest';
import { fitted } from '../../../src/app/stats.ts';
import { formatList } from '../../../src/output/formatted-list.ts';
import { statsRow, statsView } from '../../../src/output/stats-row.ts';

const sample = {
  cpu: 12.345,
  memory: 5 * 1024 * 1024,
  memoryLimit: 2 * 1024 ** 3,
  memoryShare: 0.244,
  received: 1500,
  sent: 126,
  read: 0,
  written: 1_234_567,
  processes: 3,
};
const id = '0123456789abcdef';
const linux = { truncate: true, osType: 'linux' };

describe('the figures of a container', () => {
  it('are worded as docker words them', () => {
    expect(statsRow({ id, name: 'p-web-1', sample }, linux)).toEqual({
      BlockIO: '0B / 1.23MB',
      CPUPerc: '12.35%',
      Container: id,
      ID: '0123456789ab',
      MemPerc: '0.24%',
      MemUsage: '5MiB / 2GiB',
      Name: 'p-web-1',
      NetIO: '1.5kB / 126B',
      PIDs: '3',
    });
  });

  it('are dashes while the engine tells nothing', () => {
    expect(statsRow({ id, name: 'p-web-1' }, linux)).toMatchObject({
      CPUPerc: '--',
      MemUsage: '-- / --',
      Name: 'p-web-1',
      PIDs: '--',
    });
  });

  it('are fewer on Windows', () => {
    const windows = { truncate: false, osType: 'windows' };
    expect(statsRow({ id, name: 'w', sample }, windows)).toMatchObject({
      ID: id,
      MemUsage: '5MiB',
      MemPerc: '--',
      PIDs: '--',
    });
    expect(formatList(statsView([], windows), '')).toBe(
      'CONTAINER ID   NAME      CPU %     PRIV WORKING SET   NET I/O   BLOCK I/O\n',
    );
  });
});

describe('the list of stats', () => {
  it('has the headings of docker', () => {
    expect(formatList(statsView([], linux), 'table')).toBe(
      'CONTAINER ID   NAME      CPU %     MEM USAGE / LIMIT   MEM %     NET I/O   BLOCK I/O   PIDS\n',
    );
  });

  it('takes templates and JSON', () => {
    const view = statsView([{ id, name: 'p-web-1', sample }], linux);
    expect(formatList(view, '{{.Name}}: {{.PIDs}}')).toBe('p-web-1: 3\n');
    expect(Object.keys(JSON.parse(formatList(view, 'json')) as object)).toEqual([
      'BlockIO',
      'CPUPerc',
      'Container',
      'ID',
      'MemPerc',
      'MemUsage',
      'Name',
      'NetIO',
      'PIDs',
    ]);
  });
});

describe('a live table', () => {
  it('is cut to the terminal and says what is left out', () => {
    const text = 'head\nsecond line\nthird\nfourth\n';
    expect(fitted(text, { columns: 8, rows: 5 })).toEqual(['head', 'second …', 'third', 'fourth']);
    expect(fitted(text, { columns: 80, rows: 4 })).toEqual(['head', 'second line', '... 2 more']);
    expect(fitted('', { columns: 8, rows: 1 })).toEqual([]);
  });
});
