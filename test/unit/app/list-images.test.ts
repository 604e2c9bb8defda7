import { describe, expect, it } from 'vitest';
import { CommandFailure } from '../../../src/app/failure.ts';
import { formatImages, type ImageRow } from '../../../src/app/list-images.ts';

const created = '2026-11-21T02:46:47.112603118Z';
const now = Date.parse(created) / 1000 + 7200;
const web: ImageRow = {
  container: 'shop-web-1',
  id: `sha256:${'ab12'.repeat(16)}`,
  repository: 'ghcr.io/me/web',
  tag: '1.2',
  platform: 'linux/amd64',
  size: 1_984_224,
  created,
  lastTagged: '2026-11-21T03:00:00Z',
};
const gone: ImageRow = {
  ...web,
  container: 'shop-db-1',
  repository: '',
  tag: '',
  platform: 'unknown',
  size: 0,
  created: undefined,
  lastTagged: undefined,
};

const shown = (format: string, rows = [web, gone], quiet = false): string =>
  formatImages(rows, { format, quiet }, now);

describe('the list of images', () => {
  it('is a table', () => {
    const heading =
      'CONTAINER           REPOSITORY          TAG                 PLATFORM            ';
    expect(shown('table')).toBe(
      [
        `${heading}IMAGE ID            SIZE                CREATED`,
        `shop-web-1          ghcr.io/me/web      1.2                 linux/amd64         ab12ab12ab12        1.98MB              2 hours ago`,
        `shop-db-1           <none>              <none>              unknown             ab12ab12ab12        0B                  N/A`,
        '',
      ].join('\n'),
    );
    expect(shown('TABLE')).toBe(shown(''));
  });

  it('is one array of JSON with an empty line behind', () => {
    const text = shown('json');
    expect(text.endsWith(']\n\n')).toBe(true);
    expect(JSON.parse(text)).toEqual([
      {
        ID: web.id,
        ContainerName: 'shop-web-1',
        Repository: 'ghcr.io/me/web',
        Tag: '1.2',
        Platform: 'linux/amd64',
        Size: 1_984_224,
        Created: created,
        LastTagTime: '2026-11-21T03:00:00Z',
      },
      {
        ID: web.id,
        ContainerName: 'shop-db-1',
        Repository: '',
        Tag: '',
        Platform: 'unknown',
        Size: 0,
      },
    ]);
    expect(shown('json', [])).toBe('null\n\n');
  });

  it('is each id once when quiet', () => {
    expect(shown('table', [web, gone], true)).toBe(`${'ab12'.repeat(16)}\n`);
  });

  it('refuses other formats', () => {
    expect(() => shown('xml')).toThrow(CommandFailure);
    expect(() => shown('xml')).toThrow('format value "xml" could not be parsed: parsing failed');
  });
});
