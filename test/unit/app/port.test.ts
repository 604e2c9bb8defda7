import { describe, expect, it } from 'vitest';
import { publishedAt } from '../../../src/app/port.ts';
import { chooseReplica } from '../../../src/app/service-replica.ts';
import { LABEL } from '../../../src/engine/labels.ts';

const container = (name: string, labels: Readonly<Record<string, string>>, ports: object[] = []) =>
  ({
    Id: name,
    Names: [`/${name}`],
    Image: 'web',
    ImageID: '',
    Created: 0,
    State: 'running',
    Status: 'Up',
    Labels: labels,
    Ports: ports as never,
  }) as const;

const replica = (number: number) => container(`p-web-${number}`, { [LABEL.number]: `${number}` });
const oneOff = container('p-web-run-1', { [LABEL.oneOff]: 'True' });

describe('the replica that a command means', () => {
  it('is the one with the lowest number, by value', () => {
    expect(chooseReplica([oneOff, replica(10), replica(9)], 0)?.Id).toBe('p-web-9');
  });

  it('is the one with the number asked for', () => {
    expect(chooseReplica([replica(1), replica(2)], 2)?.Id).toBe('p-web-2');
    expect(chooseReplica([replica(1)], 2)).toBeUndefined();
  });

  it('is a container of run only when there is no other', () => {
    expect(chooseReplica([oneOff], 0)?.Id).toBe('p-web-run-1');
    expect(chooseReplica([oneOff], 1)).toBeUndefined();
  });
});

describe('where a port is published', () => {
  const web = container('p-web-1', {}, [
    { IP: '0.0.0.0', PrivatePort: 8080, PublicPort: 32_768, Type: 'tcp' },
    { IP: '::', PrivatePort: 8080, PublicPort: 32_768, Type: 'tcp' },
    { IP: '0.0.0.0', PrivatePort: 53, PublicPort: 5353, Type: 'udp' },
    { PrivatePort: 443, Type: 'tcp' },
  ]);

  it('is the first address of the port and protocol', () => {
    expect(publishedAt(web, { port: 8080, protocol: 'tcp' })).toEqual({
      ip: '0.0.0.0',
      port: 32_768,
    });
    expect(publishedAt(web, { port: 53, protocol: 'udp' })).toEqual({ ip: '0.0.0.0', port: 5353 });
  });

  it('is nowhere for a port that is only exposed', () => {
    expect(publishedAt(web, { port: 443, protocol: 'tcp' })).toEqual({ ip: '', port: 0 });
  });

  it('is an error that lists the ports for all others', () => {
    expect(() => publishedAt(web, { port: 8080, protocol: 'udp' })).toThrow(
      'no port 8080/udp for container p-web-1: 53/udp, 443/tcp, 8080/tcp',
    );
    expect(() => publishedAt(replica(1), { port: 80, protocol: 'tcp' })).toThrow(
      /^no port 80\/tcp for container p-web-1: $/,
    );
  });
});
