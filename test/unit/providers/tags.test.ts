import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { instanceOf, tagWords } from '../../../src/providers/digitalocean/droplet.ts';
import { matches, sharedTags } from '../../../src/providers/tags.ts';

describe('tags', () => {
  const own = { tcompose: 'machine', 'tcompose-store': 's', 'tcompose-machine': 'web' };

  it('shared things belong to every machine of their store', () => {
    expect(matches(sharedTags(own), own)).toBe(true);
    expect(matches(own, own)).toBe(true);
    expect(matches({ ...own, 'tcompose-machine': 'db' }, own)).toBe(false);
    expect(matches({ ...own, 'tcompose-store': 't' }, own)).toBe(false);
  });

  it('names of machines survive as words of DigitalOcean', () => {
    const letters = fc.constantFrom('a', 'b', 'X', 'Z', '0', '9', '.', '-');
    const name = fc.array(letters, { minLength: 1, maxLength: 30 }).map((parts) => parts.join(''));
    fc.assert(
      fc.property(name, (machine) => {
        const tags = tagWords({ ...own, 'tcompose-machine': machine });
        for (const word of tags) expect(word).toMatch(/^[a-zA-Z0-9_\-:]+$/);
        const droplet = {
          id: 1,
          name: 'other',
          status: 'active' as const,
          created_at: '',
          size_slug: '',
          region: { slug: '' },
          image: {},
          networks: {},
          tags,
        };
        expect(instanceOf(droplet).name).toBe(machine);
      }),
    );
  });
});
