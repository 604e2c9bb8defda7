import { describe, expect, it } from 'vitest';
import { fingerprintOf } from '../../../src/providers/digitalocean/ssh-key.ts';
import { PUBLIC_KEY } from '../../support/provider-bench.ts';

describe('a key of DigitalOcean', () => {
  it('is found by the fingerprint of its bytes, whatever its comment is', () => {
    // As ssh-keygen -l -E md5 tells it.
    const fingerprint = '45:6d:5c:d2:3c:51:b2:ea:73:98:fc:06:82:21:b6:44';
    expect(fingerprintOf(PUBLIC_KEY)).toBe(fingerprint);
    expect(fingerprintOf(`${PUBLIC_KEY} more words\n`)).toBe(fingerprint);
  });
});
