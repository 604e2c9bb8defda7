import { expect, it } from 'vitest';
import { deferred } from '../../../src/foundation/deferred.ts';

it('settles as it is told', async () => {
  const [kept, broken] = [deferred<number>(), deferred<number>()];
  kept.resolve(1);
  broken.reject(new Error('no'));
  expect(await kept.promise).toBe(1);
  await expect(broken.promise).rejects.toThrow('no');
});
