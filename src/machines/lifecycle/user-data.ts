import { createHash } from 'node:crypto';
import { MachineError } from '../machine-error.ts';
import type { KeyPair } from '../ssh/openssh-key.ts';

/** Forms of user data that cloud-init tells by the first line. */
const TYPES: readonly (readonly [RegExp, string])[] = [
  [/^#cloud-config-archive/, 'text/cloud-config-archive'],
  [/^#cloud-config-jsonp/, 'text/cloud-config-jsonp'],
  [/^#cloud-config/, 'text/cloud-config'],
  [/^#cloud-boothook/, 'text/cloud-boothook'],
  [/^#include-once/, 'text/x-include-once-url'],
  [/^#include/, 'text/x-include-url'],
  [/^#part-handler/, 'text/part-handler'],
  [/^## template: ?jinja/, 'text/jinja2'],
  [/^#!/, 'text/x-shellscript'],
];

/** What cloud-init gets so that a new host has exactly the host key that we know. */
export function hostKeyUserData(hostKey: KeyPair): string {
  const lines = hostKey.privateKey.trimEnd().split('\n');
  return [
    '#cloud-config',
    'ssh_deletekeys: true',
    'ssh_keys:',
    '  ed25519_private: |',
    ...lines.map((line) => `    ${line}`),
    `  ed25519_public: ${JSON.stringify(hostKey.publicKey)}`,
    '',
  ].join('\n');
}

/**
 * Our user data and a user's file, as one text: MIME with two parts, ours last, so that it has the last word about
 * host keys. The same input gives the same text, because accounts compare it when a creation is tried again.
 *
 * @throws MachineError `invalid` for a file whose form cloud-init would not recognise
 */
export function combineUserData(ours: string, theirs: string | undefined, path = ''): string {
  if (theirs === undefined || theirs.trim() === '') return ours;
  const type = TYPES.find(([start]) => start.test(theirs))?.[1];
  if (type === undefined) throw unknownForm(theirs, path);
  const hash = createHash('sha256').update(ours).update('\0').update(theirs).digest('hex');
  const boundary = `==tcompose-${hash.slice(0, 32)}==`;
  return [
    `Content-Type: multipart/mixed; boundary="${boundary}"`,
    'MIME-Version: 1.0',
    '',
    `--${boundary}`,
    ...part(type, 'user-data', theirs),
    `--${boundary}`,
    ...part('text/cloud-config', 'tcompose', ours),
    `--${boundary}--`,
    '',
  ].join('\n');
}

function part(contentType: string, name: string, text: string): string[] {
  return [
    `Content-Type: ${contentType}; charset="utf-8"`,
    'MIME-Version: 1.0',
    'Content-Transfer-Encoding: base64',
    `Content-Disposition: attachment; filename="${name}"`,
    '',
    ...(Buffer.from(text)
      .toString('base64')
      .match(/.{1,76}/g) ?? []),
    '',
  ];
}

function unknownForm(text: string, path: string): MachineError {
  const archive = /^(Content-Type|MIME-Version):/im.test(text.slice(0, 2000));
  return new MachineError(
    'invalid',
    archive
      ? `the user data in ${path} is a MIME archive, which cannot be combined with what tcompose adds`
      : `the first line of the user data in ${path} says nothing to cloud-init`,
    { hint: 'begin the file with #cloud-config or #!/bin/sh' },
  );
}
