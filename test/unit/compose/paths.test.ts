import { expect, it } from 'vitest';

import { toPlain } from '../../../src/compose/node.ts';
import { resolvePaths } from '../../../src/compose/paths.ts';
import { tree } from './tree.ts';

const links: Readonly<Record<string, string>> = { '/p/link': '/real' };
const options = {
  workingDir: '/p',
  files: { home: '/home/me', realPath: (path: string) => links[path] ?? path },
};

it.each([
  ['services: {a: {build: {context: app}}}', 'services: {a: {build: {context: /p/app}}}'],
  ['services: {a: {build: {context: ./app/}}}', 'services: {a: {build: {context: /p/app}}}'],
  ['services: {a: {build: {context: ..}}}', 'services: {a: {build: {context: /}}}'],
  ['services: {a: {build: {context: /x}}}', 'services: {a: {build: {context: /x}}}'],
  ['services: {a: {build: {context: ~/x}}}', 'services: {a: {build: {context: /home/me/x}}}'],
  [
    'services: {a: {build: {additional_contexts: {b: b, c: docker-image://x, d: service:d}}}}',
    'services: {a: {build: {additional_contexts: {b: /p/b, c: docker-image://x, d: service:d}}}}',
  ],
  [
    'services: {a: {build: {ssh: {default: null, k: key}}}}',
    'services: {a: {build: {ssh: {default: null, k: /p/key}}}}',
  ],
  [
    'services: {a: {env_file: [{path: a.env}], label_file: [l], extends: {file: f}}}',
    'services: {a: {env_file: [{path: /p/a.env}], label_file: [/p/l], extends: {file: /p/f}}}',
  ],
  [
    'services: {a: {develop: {watch: [{path: src/a}, {path: link/a}]}}}',
    'services: {a: {develop: {watch: [{path: /p/src/a}, {path: /real/a}]}}}',
  ],
  [
    'services: {a: {volumes: [{type: bind, source: ./s}, {type: volume, source: v}]}}',
    'services: {a: {volumes: [{type: bind, source: /p/s}, {type: volume, source: v}]}}',
  ],
  [
    'services: {a: {volumes: [{type: bind, source: "c:\\x"}, {type: bind, source: "\\\\h\\s"}]}}',
    'services: {a: {volumes: [{type: bind, source: "c:\\x"}, {type: bind, source: "\\\\h\\s"}]}}',
  ],
  ['services: {a: {volumes: [{type: bind}]}}', 'services: {a: {volumes: [{type: bind}]}}'],
  [
    'configs: {c: {file: c}, d: {content: x}}\nsecrets: {s: {file: ~/s}}',
    'configs: {c: {file: /p/c}, d: {content: x}}\nsecrets: {s: {file: /home/me/s}}',
  ],
  [
    'volumes: {v: {driver: local, driver_opts: {o: bind, device: ./d}}, w: null}',
    'volumes: {v: {driver: local, driver_opts: {o: bind, device: /p/d}}, w: null}',
  ],
  [
    'volumes: {v: {driver: local, driver_opts: {o: "bind,ro", device: ./d}}}',
    'volumes: {v: {driver: local, driver_opts: {o: "bind,ro", device: ./d}}}',
  ],
  [
    'volumes: {v: {driver_opts: {o: bind, device: ./d}}}',
    'volumes: {v: {driver_opts: {o: bind, device: ./d}}}',
  ],
])('%s', (text, resolved) => {
  const escaped = (yaml: string): string => yaml.replaceAll('\\', '\\\\');
  expect(toPlain(resolvePaths(tree(escaped(text)), options))).toEqual(
    toPlain(tree(escaped(resolved))),
  );
});

it.each([
  'https://github.com/a/b.git',
  'git@github.com:a/b',
  'github.com/a/b',
  'ssh://host/x',
  'service:base',
])('leaves the build context %s alone', (context) => {
  const kept = tree(`services: {a: {build: {context: "${context}"}}}`);
  expect(toPlain(resolvePaths(kept, options))).toEqual(toPlain(kept));
});

it('leaves the file of a service to extend alone when it is fetched from elsewhere', () => {
  const kept = tree('services: {a: {extends: {file: "oci://x/y"}}}');
  const isRemote = (path: string): boolean => path.startsWith('oci://');
  expect(toPlain(resolvePaths(kept, { ...options, isRemote }))).toEqual(toPlain(kept));
});
