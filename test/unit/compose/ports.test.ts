import { describe, expect, it } from 'vitest';

import { parsePort } from '../../../src/compose/ports.ts';

function shown(spec: string): string[] | string {
  const parsed = parsePort(spec);
  if (!parsed.ok) return parsed.error;
  return parsed.value.map(
    ({ hostIp, published, target, protocol }) => `${hostIp}|${published}|${target}/${protocol}`,
  );
}

describe('a short port', () => {
  it.each([
    ['80', ['||80/tcp']],
    ['8080:80', ['|8080|80/tcp']],
    ['8080:80/udp', ['|8080|80/udp']],
    ['8080:80/UDP', ['|8080|80/udp']],
    ['80/', ['||80/tcp']],
    [':80', ['||80/tcp']],
    ['127.0.0.1:8080:80', ['127.0.0.1|8080|80/tcp']],
    ['127.0.0.1::80', ['127.0.0.1||80/tcp']],
    ['[::1]:8080:80', ['::1|8080|80/tcp']],
    ['::1:8080:80', ['::1|8080|80/tcp']],
    ['8000-8005:80', ['|8000-8005|80/tcp']],
    ['8000-8001:80-81', ['|8000|80/tcp', '|8001|81/tcp']],
    ['80-81', ['||80/tcp', '||81/tcp']],
    ['80-80', ['||80/tcp']],
    ['0:80', ['|0|80/tcp']],
  ])('%s is %j', (spec, mappings) => {
    expect(shown(spec)).toEqual(mappings);
  });

  it('lists the ports of a range in the order of their text', () => {
    expect(shown('8-11')).toEqual(['||10/tcp', '||11/tcp', '||8/tcp', '||9/tcp']);
  });

  it.each([
    ['abc', 'Invalid containerPort: abc'],
    ['80:abc', 'Invalid containerPort: abc'],
    ['abc:80', 'Invalid hostPort: abc'],
    ['70000:80', 'Invalid hostPort: 70000'],
    ['81-80', 'Invalid containerPort: 81-80'],
    ['80-', 'Invalid containerPort: 80-'],
    ['80/xyz', 'Invalid proto: xyz'],
    ['1.2.3:80:80', 'Invalid ip address: 1.2.3'],
    ['01.2.3.4:80:80', 'Invalid ip address: 01.2.3.4'],
    ['[fe80::1%eth0]:80:80', 'Invalid ip address: fe80::1%eth0'],
    ['', 'No port specified: <empty>'],
    ['8080:', 'No port specified: 8080:<empty>'],
    [
      '8000-8002:80-81',
      'Invalid ranges specified for container and host Ports: 80-81 and 8000-8002',
    ],
  ])('%s is refused: %s', (spec, error) => {
    expect(shown(spec)).toBe(error);
  });
});
