import { describe, expect, it } from 'vitest';
import { binarySize, ellipsis, humanDuration, humanSize } from '../../../src/output/human.ts';
import { formatPorts } from '../../../src/output/published-ports.ts';

describe('what people read', () => {
  it.each([
    [0.4, 'Less than a second'],
    [1, '1 second'],
    [59, '59 seconds'],
    [61, 'About a minute'],
    [600, '10 minutes'],
    [3600, 'About an hour'],
    [5400, '2 hours'],
    [47 * 3600, '47 hours'],
    [3 * 86_400, '3 days'],
    [20 * 86_400, '2 weeks'],
    [100 * 86_400, '3 months'],
    [800 * 86_400, '2 years'],
  ])('says %d seconds as %s', (seconds, text) => {
    expect(humanDuration(seconds)).toBe(text);
  });

  it.each([
    [0, '0B'],
    [999, '999B'],
    [1_500, '1.5kB'],
    [21_500_000, '21.5MB'],
  ])('says %d bytes as %s', (bytes, text) => {
    expect(humanSize(bytes)).toBe(text);
  });

  it.each([
    [0, '0B'],
    [1023, '1023B'],
    [692 * 1024, '692KiB'],
    [23.5432 * 1024 ** 3, '23.54GiB'],
  ])('says %d bytes as %s in binary units', (bytes, text) => {
    expect(binarySize(bytes)).toBe(text);
  });

  it('cuts long texts and says so', () => {
    expect(ellipsis('"sleep infinity and more"', 10)).toBe('"sleep in…');
    expect(ellipsis('short', 10)).toBe('short');
  });
});

describe('published ports', () => {
  it('show address, host port, container port and protocol', () => {
    expect(
      formatPorts([
        { IP: '::', PrivatePort: 80, PublicPort: 8080, Type: 'tcp' },
        { IP: '0.0.0.0', PrivatePort: 80, PublicPort: 8080, Type: 'tcp' },
        { PrivatePort: 443, Type: 'tcp' },
      ]),
    ).toBe('443/tcp, 0.0.0.0:8080->80/tcp, [::]:8080->80/tcp');
  });

  it('draw neighbours that map alike together', () => {
    expect(
      formatPorts(
        [8000, 8001, 8002].map((port) => ({
          IP: '0.0.0.0',
          PrivatePort: port,
          PublicPort: port,
          Type: 'tcp',
        })),
      ),
    ).toBe('0.0.0.0:8000-8002->8000-8002/tcp');
    expect(formatPorts([90, 91].map((port) => ({ PrivatePort: port, Type: 'udp' })))).toBe(
      '90-91/udp',
    );
  });

  it('keep ports apart that map to other numbers', () => {
    expect(
      formatPorts([
        { IP: '0.0.0.0', PrivatePort: 80, PublicPort: 8080, Type: 'tcp' },
        { IP: '0.0.0.0', PrivatePort: 81, PublicPort: 8081, Type: 'tcp' },
      ]),
    ).toBe('0.0.0.0:8080->80/tcp, 0.0.0.0:8081->81/tcp');
  });
});
