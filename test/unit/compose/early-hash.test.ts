import { expect, it } from 'vitest';
import { serviceHash } from '../../../src/compose/hash.ts';
import type { Service } from '../../../src/compose/model.ts';

/** What the loader makes of a service with a profile and two dependencies. */
const service: Service = {
  name: 'app',
  image: 'busybox',
  networks: { default: null },
  profiles: ['debug'],
  depends_on: {
    db: { condition: 'service_healthy', restart: true, required: true },
    cache: { condition: 'service_started', required: false },
  },
};

it('knows the hash of early releases, which covered profiles and dependencies', () => {
  const hash = serviceHash(service, { dialect: 'v2', kept: ['depends_on', 'profiles'] });
  expect(hash).toBe('f7aaa3cb50eeef9efd3f2358e6aa99332915b2d0045d854b2c6fc42138f27ae7');
});

it('leaves both out for later releases', () => {
  const hash = serviceHash(service, { dialect: 'v2' });
  expect(hash).toBe('2afd7866203dca40993313263173003833e9de9c3ad83f2f59484e32a5605234');
});
