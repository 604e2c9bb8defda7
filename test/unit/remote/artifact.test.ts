import { describe, expect, test } from 'vitest';

import { otherType, readManifest, unpackArtifact } from '../../../src/remote/artifact.ts';
import { configOf, layerOf, manifestOf } from '../../../src/remote/make-artifact.ts';
import type { ArtifactFile, OciVersion } from '../../../src/remote/make-artifact.ts';
import { digestOf, hasDigest, hexOf } from '../../../src/remote/registry/content.ts';

const file = (role: ArtifactFile['role'], name: string, text: string): ArtifactFile => ({
  role,
  name,
  content: Buffer.from(text),
});

const FILES = [
  file('compose', '/p/compose.yaml', 'a: 1\n'),
  file('compose', '/p/over.yaml', 'b: 2\n'),
  file('extended', 'abc.yaml', 'c: 3\n'),
  file('env', 'def.env', 'D=4\n'),
];

const layers = (files: readonly ArtifactFile[]) => files.map((each) => layerOf(each, '5.5.0'));

const unpack = (files: readonly ArtifactFile[]) =>
  unpackArtifact(
    layers(files).map(({ descriptor, bytes }) => ({
      descriptor,
      content: Buffer.from(bytes).toString('utf8'),
    })),
  );

const manifest = (oci: OciVersion): Record<string, unknown> => {
  const created = '2026-01-01T00:00:00Z';
  const { bytes } = manifestOf({
    oci,
    layers: layers(FILES.slice(0, 1)),
    created,
    version: '5.5.0',
  });
  return JSON.parse(Buffer.from(bytes).toString('utf8')) as Record<string, unknown>;
};

// What Compose 2.40.3 made of such a project, with its version.
describe('a manifest', () => {
  const layer = {
    mediaType: 'application/vnd.docker.compose.file+yaml',
    digest: digestOf(Buffer.from('a: 1\n')),
    size: 5,
    annotations: {
      'com.docker.compose.file': 'compose.yaml',
      'com.docker.compose.version': '5.5.0',
    },
    data: 'YTogMQo=',
  };
  const empty = { digest: digestOf(Buffer.from('{}')), size: 2, data: 'e30=' };
  const annotations = { 'org.opencontainers.image.created': '2026-01-01T00:00:00Z' };

  test('of OCI 1.1 has a type', () => {
    expect(manifest('1.1')).toEqual({
      schemaVersion: 2,
      mediaType: 'application/vnd.oci.image.manifest.v1+json',
      artifactType: 'application/vnd.docker.compose.project',
      config: { mediaType: 'application/vnd.oci.empty.v1+json', ...empty },
      layers: [layer],
      annotations,
    });
  });

  test('of OCI 1.0 is known by its configuration', () => {
    expect(manifest('1.0')).toEqual({
      schemaVersion: 2,
      mediaType: 'application/vnd.oci.image.manifest.v1+json',
      config: { mediaType: 'application/vnd.docker.compose.config.empty.v1+json', ...empty },
      layers: [layer],
      annotations,
    });
  });

  test.each(['1.0', '1.1'] as const)('of OCI %s is that of a project', (oci) => {
    expect(otherType(manifest(oci))).toBeUndefined();
    expect(Buffer.from(configOf(oci).bytes).toString()).toBe('{}');
  });

  test.each([
    [{ artifactType: 'application/x', config: { mediaType: 'y' } }, 'application/x'],
    [{ config: { mediaType: 'application/vnd.oci.image.config.v1+json' } }, /image\.config/],
    [{}, ''],
  ])('%j is of another type', (content, type) => {
    expect(otherType(content)).toMatch(type);
  });
});

describe('layers', () => {
  test('become the files that they were made of, Compose files one behind the other', () => {
    const unpacked = unpack(FILES);
    expect(unpacked.ok && [...unpacked.files]).toEqual([
      ['compose.yaml', 'a: 1\n\n---\nb: 2\n'],
      ['abc.yaml', '\n---\nc: 3\n'],
      ['def.env', 'D=4\n'],
    ]);
  });

  test.each(['../x.env', 'a/b.env', 'a\\b.env', '..', '.', '', 'a\0b'])(
    'whose name is %j are refused',
    (name) => {
      for (const annotation of ['com.docker.compose.envfile', 'com.docker.compose.file']) {
        const descriptor = {
          mediaType: annotation.endsWith('envfile')
            ? 'application/vnd.docker.compose.envfile'
            : 'application/vnd.docker.compose.file+yaml',
          digest: 'sha256:0',
          size: 0,
          annotations: { [annotation]: name, 'com.docker.compose.extends': 'true' },
        };
        expect(unpackArtifact([{ descriptor, content: '' }])).toMatchObject({ ok: false });
      }
    },
  );

  test('without a Compose file are refused', () => {
    expect(unpack([file('env', 'a.env', '')])).toMatchObject({ ok: false });
  });
});

test.each([
  '',
  'null',
  '[]',
  '1',
  '<html>',
  '{"layers": 1}',
  '{"layers": [null]}',
  '{"manifests": [{}]}',
])('%j is no manifest', (text) => {
  expect(readManifest(Buffer.from(text))).toBeUndefined();
});

test('digests prove content, unknown ones prove nothing', () => {
  const bytes = Buffer.from('x');
  expect(hasDigest(bytes, digestOf(bytes))).toBe(true);
  expect(hasDigest(Buffer.from('y'), digestOf(bytes))).toBe(false);
  expect(hasDigest(bytes, 'md5:9dd4e461268c8034f5c8564e155c67a6')).toBe(false);
  expect(hasDigest(bytes, 'x')).toBe(false);
  expect(hexOf(digestOf(bytes))).toMatch(/^[0-9a-f]{64}$/);
  expect(hexOf('sha256:../../x')).toBeUndefined();
});
