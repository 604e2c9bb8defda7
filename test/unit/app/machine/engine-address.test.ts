import { describe, expect, it } from 'vitest';
import { engineAddress, plainAddress } from '../../../../src/app/machine/engine-address.ts';
import { DEFAULT_ENGINE } from '../../../../src/machines/lifecycle/create-request.ts';
import type { MachineRecord } from '../../../../src/machines/store/machine-record.ts';
import { machineRecord } from '../../../support/machine-record.ts';

const urlOnly = { provider: 'none', settings: { url: 'tcp://10.0.0.1:2375' } };

describe('the address of an engine', () => {
  it.each<[string, Partial<MachineRecord>, string | undefined]>([
    ['only a URL', {}, 'tcp://10.0.0.1:2375'],
    ['no address yet', { provider: 'generic', settings: {} }, undefined],
    ['SSH', { provider: 'generic', address: '10.0.0.2' }, 'ssh://root@10.0.0.2'],
    [
      'SSH on another port, over IPv6',
      { provider: 'generic', address: 'fd00::1', ssh: { user: 'me', port: 2222 } },
      'ssh://me@[fd00::1]:2222',
    ],
    [
      'TLS',
      { provider: 'generic', address: '10.0.0.2', engine: { ...DEFAULT_ENGINE, tlsPort: 2376 } },
      'tcp://10.0.0.2:2376',
    ],
  ])('of a machine with %s is what DOCKER_HOST takes', (_what, parts, url) => {
    expect(engineAddress(machineRecord({ ...urlOnly, ...parts }), '/s/a')?.url).toBe(url);
  });

  it('has certificates where there is TLS only', () => {
    const engine = { ...DEFAULT_ENGINE, tlsPort: 2376 };
    const whole = machineRecord({ address: 'h', engine });
    expect(engineAddress(whole, '/s/a')?.certificates).toBe('/s/a');
    expect(engineAddress(machineRecord(urlOnly), '/s/a')?.certificates).toBeUndefined();
  });

  it.each([
    ['tcp://10.0.0.1:2375', '10.0.0.1'],
    ['tcp://[fd00::1]:2375', 'fd00::1'],
    ['none', ''],
  ])('%s alone is at %j for people', (url, address) => {
    expect(plainAddress(machineRecord({ ...urlOnly, settings: { url } }))).toBe(address);
  });
});
