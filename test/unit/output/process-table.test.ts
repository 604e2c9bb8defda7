import { describe, expect, it } from 'vitest';
import { formatProcesses } from '../../../src/output/process-table.ts';

const titles = ['UID', 'PID', 'CMD'];

describe('the table of processes', () => {
  it('has service, replica, what the engine gives, and the command last', () => {
    const web = { service: 'web', replica: '1', titles, processes: [['root', '7', 'httpd -f']] };
    expect(formatProcesses([web])).toBe(
      'SERVICE  #   UID   PID  CMD\nweb      1   root  7    httpd -f\n',
    );
  });

  it('puts columns of all containers together', () => {
    const web = { service: 'web', replica: '1', titles, processes: [['root', '7', 'httpd']] };
    const app = {
      service: 'app',
      replica: '',
      titles: ['Name', 'PID'],
      processes: [
        ['app.exe', '4'],
        ['sub.exe', '5'],
      ],
    };
    expect(formatProcesses([web, app])).toBe(
      [
        'SERVICE  #   UID   PID  Name     CMD',
        'web      1   root  7    -        httpd',
        'app          -     4    app.exe  -',
        'app          -     5    sub.exe  -',
        '',
      ].join('\n'),
    );
  });

  it('is nothing without processes, not even a heading', () => {
    expect(formatProcesses([])).toBe('');
    expect(formatProcesses([{ service: 'web', replica: '1', titles, processes: [] }])).toBe('');
  });
});
