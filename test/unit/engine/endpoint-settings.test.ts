import { describe, expect, it } from 'vitest';
import type { Service } from '../../../src/compose/model.ts';
import {
  networksByPriority,
  networkSettings,
  type NetworkContext,
  type NetworkSettings,
} from '../../../src/engine/endpoint-settings.ts';
import { networkRequest } from '../../../src/engine/network-config.ts';
import { volumeRequest } from '../../../src/engine/volume-config.ts';
import { project, service } from './samples.ts';

const of = project({
  networks: { default: { name: 'p_default' }, b: { name: 'p_b' }, c: { name: 'p_c' } },
});

function settings(parts: Partial<Service>, with_: Partial<NetworkContext> = {}): NetworkSettings {
  return networkSettings(service(parts), {
    project: of,
    apiVersion: '1.51',
    containerName: 'p-web-1',
    links: [],
    useAliases: true,
    ...with_,
  });
}

describe('networks of a container', () => {
  it('are in the order of priority, then of name', () => {
    expect(
      networksByPriority(
        service({ networks: { c: null, b: { priority: 1 }, a: null, d: { priority: 5 } } }),
      ),
    ).toEqual(['d', 'b', 'a', 'c']);
  });

  it('are all given at creation where the engine takes them', () => {
    const got = settings({ networks: { b: null, c: { priority: 1 } } });
    expect(got.mode).toBe('p_c');
    expect(Object.keys(got.atCreation)).toEqual(['p_c', 'p_b']);
    expect(got.afterwards).toEqual([]);
  });

  it('are connected afterwards on older engines, all but the first', () => {
    const got = settings({ networks: { b: null, c: { priority: 1 } } }, { apiVersion: '1.43' });
    expect(Object.keys(got.atCreation)).toEqual(['p_c']);
    expect(got.afterwards).toMatchObject([
      { network: 'p_b', endpoint: { Aliases: ['p-web-1', 'web'] } },
    ]);
  });

  it.each(['host', 'none', 'container:x', 'other'])('are none with network_mode %s', (mode) => {
    expect(settings({ network_mode: mode, networks: {} })).toEqual({
      mode,
      atCreation: {},
      afterwards: [],
    });
  });

  it('are none in a project without networks', () => {
    const without = project({ networks: {} });
    expect(settings({ networks: {} }, { project: without }).mode).toBe('none');
  });

  it('carry aliases, addresses, options and links', () => {
    const b = {
      aliases: ['x', 'y'],
      ipv4_address: '10.0.0.5',
      ipv6_address: 'fd00::5',
      link_local_ips: ['169.254.1.1', ''],
      mac_address: '02:00:00:00:00:01',
      driver_opts: { o: '1' },
      gw_priority: 7,
      interface_name: 'eth9',
    };
    expect(settings({ networks: { b } }, { links: ['db:sql'] }).atCreation).toEqual({
      p_b: {
        Aliases: ['p-web-1', 'web', 'x', 'y'],
        Links: ['db:sql'],
        IPAMConfig: {
          IPv4Address: '10.0.0.5',
          IPv6Address: 'fd00::5',
          LinkLocalIPs: ['169.254.1.1'],
        },
        MacAddress: '02:00:00:00:00:01',
        DriverOpts: { o: '1', 'com.docker.network.endpoint.ifname': 'eth9' },
        GwPriority: 7,
      },
    });
  });

  it('need a new engine for names of interfaces', () => {
    const networks = { b: { interface_name: 'eth9' } };
    expect(() => settings({ networks }, { apiVersion: '1.48' })).toThrow(
      'interface_name requires Docker Engine v28.1 or later',
    );
  });

  it('put the service’s MAC address on the first network only', () => {
    const networks = { b: { priority: 1 }, c: null };
    const got = settings({ networks, mac_address: '02:00:00:00:00:02' });
    expect(got.atCreation).toMatchObject({ p_b: { MacAddress: '02:00:00:00:00:02' } });
    expect(got.atCreation['p_c']).not.toHaveProperty('MacAddress');
  });

  it('refuse two MAC addresses that contradict each other', () => {
    const networks = { b: { mac_address: '02:00:00:00:00:01' } };
    expect(() => settings({ networks, mac_address: '02:00:00:00:00:02' })).toThrow(
      'the service-level mac_address should have the same value as network b',
    );
  });
});

describe('requests for networks and volumes', () => {
  const facts = {
    project: 'p',
    key: 'b',
    name: 'p_b',
    toolVersion: '9',
    configHash: 'h',
    apiVersion: '1.51',
  };
  const labels = {
    'com.docker.compose.project': 'p',
    'com.docker.compose.version': '9',
    'com.docker.compose.config-hash': 'h',
  };

  it('say no more than the project does', () => {
    expect(networkRequest({}, facts)).toEqual({
      Name: 'p_b',
      Labels: { ...labels, 'com.docker.compose.network': 'b' },
    });
    expect(volumeRequest({}, facts)).toEqual({
      Name: 'p_b',
      Labels: { ...labels, 'com.docker.compose.volume': 'b' },
    });
  });

  it('carry address pools', () => {
    const ipam = {
      driver: 'default',
      config: [
        {
          subnet: '10.0.0.0/16',
          ip_range: '10.0.1.0/24',
          gateway: '10.0.0.1',
          aux_addresses: { r: '10.0.0.2' },
        },
      ],
      options: { x: 'y' },
    };
    expect(networkRequest({ ipam, internal: true, enable_ipv6: false }, facts)).toMatchObject({
      Internal: true,
      EnableIPv6: false,
      IPAM: {
        Driver: 'default',
        Config: [
          {
            Subnet: '10.0.0.0/16',
            IPRange: '10.0.1.0/24',
            Gateway: '10.0.0.1',
            AuxiliaryAddresses: { r: '10.0.0.2' },
          },
        ],
        Options: { x: 'y' },
      },
    });
  });

  it('make old engines look for duplicates', () => {
    expect(networkRequest({}, { ...facts, apiVersion: '1.41' })).toMatchObject({
      CheckDuplicate: true,
    });
  });
});
