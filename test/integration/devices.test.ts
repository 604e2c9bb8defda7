import { exits, inspected, reports, untouched } from '../support/checks.ts';
import { reference, scenario, step, tcompose } from '../support/scenario.ts';

/** Which devices of drivers a service's container asks for, as the engine has noted it. */
const requests = (service: string, expected: readonly object[]) =>
  inspected(service, 'asks for its devices', ({ HostConfig }) => {
    const { DeviceRequests: found } = HostConfig as { readonly DeviceRequests?: unknown };
    return JSON.stringify(found) === JSON.stringify(expected);
  });

const request = (more: object) => ({
  Driver: '',
  Count: 0,
  DeviceIDs: null,
  Capabilities: [['gpu']],
  Options: null,
  ...more,
});

scenario(
  'devices',
  'devices of drivers are asked for as Compose does, and an engine without them says what is missing',
  step(
    'create asks for all of them',
    tcompose('create'),
    requests('all', [request({ Count: -1 })]),
    requests('listed', [
      request({
        Driver: 'nvidia',
        DeviceIDs: ['0', '1'],
        Capabilities: [['compute', 'gpu']],
        Options: { a: 'b' },
      }),
      request({ Count: 2 }),
    ]),
    requests('reserved', [
      request({ Driver: 'nvidia', Count: 1 }),
      request({
        Driver: 'foo',
        DeviceIDs: ['3'],
        Capabilities: [['tpu']],
        Options: { x: 'y' },
      }),
    ]),
    requests('named', [
      request({ Driver: 'cdi', DeviceIDs: ['vendor.com/class=name'], Capabilities: null }),
    ]),
  ),
  step(
    'Compose would make the same',
    reference('docker-compose', 'create'),
    untouched('all'),
    untouched('listed'),
    untouched('reserved'),
    untouched('named'),
  ),
  step(
    'an engine without a driver for them says so',
    tcompose('up', '-d', 'all'),
    exits(1),
    reports('could not select device driver "" with capabilities: [[gpu]]'),
    reports('install the NVIDIA Container Toolkit'),
  ),
  step(
    'so it does for devices by name',
    tcompose('up', '-d', 'named'),
    exits(1),
    reports(
      /unresolvable CDI devices vendor\.com\/class=name|could not select device driver "cdi"/,
    ),
    reports(/help: The engine/),
  ),
);
