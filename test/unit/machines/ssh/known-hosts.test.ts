import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  checkHostKey,
  fingerprintOf,
  keyTypeName,
  knownHostsLine,
  knownKeyTypes,
} from '../../../../src/machines/ssh/known-hosts.ts';

/** A public key as it goes over the wire, of the given kind. */
function key(type: string, content: string): Buffer {
  const part = (text: string): Buffer => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(text.length);
    return Buffer.concat([length, Buffer.from(text)]);
  };
  return Buffer.concat([part(type), part(content)]);
}

const mine = key('ssh-ed25519', 'mine');
const other = key('ssh-ed25519', 'other');
const text = (bytes: Buffer): string => `${keyOf(bytes)} ${bytes.toString('base64')}`;
const keyOf = (bytes: Buffer): string => bytes.subarray(4, 4 + bytes.readUInt32BE(0)).toString();
const hashed = (name: string): string => {
  const salt = Buffer.from('twenty bytes of salt');
  const hash = createHmac('sha1', salt).update(name).digest('base64');
  return `|1|${salt.toString('base64')}|${hash}`;
};

describe('a host key in known_hosts', () => {
  it.each([
    ['a plain name', 'web.example', 22, `web.example ${text(mine)}`, 'known'],
    ['another letter case', 'Web.Example', 22, `web.example ${text(mine)}`, 'known'],
    ['one of several names', '10.0.0.1', 22, `web,10.0.0.1 ${text(mine)}`, 'known'],
    ['a name with a port', 'web', 2222, `[web]:2222 ${text(mine)}`, 'known'],
    ['a port that is not named', 'web', 2222, `web ${text(mine)}`, 'unknown'],
    ['a hashed name', 'web', 22, `${hashed('web')} ${text(mine)}`, 'known'],
    ['a hashed name with a port', 'web', 23, `${hashed('[web]:23')} ${text(mine)}`, 'known'],
    ['the hash of another name', 'web', 22, `${hashed('www')} ${text(mine)}`, 'unknown'],
    ['a pattern', 'a.example', 22, `*.example ${text(mine)}`, 'known'],
    ['an exception', 'a.example', 22, `*.example,!a.example ${text(mine)}`, 'unknown'],
    ['a question mark', 'web1', 22, `web? ${text(mine)}`, 'known'],
    ['another key', 'web', 22, `web ${text(other)}`, 'changed'],
    [
      'the right key after a wrong one',
      'web',
      22,
      `web ${text(other)}\nweb ${text(mine)}`,
      'known',
    ],
    ['a key of another kind', 'web', 22, `web ${text(key('ssh-rsa', 'r'))}`, 'changed'],
    ['a revoked key', 'web', 22, `web ${text(mine)}\n@revoked * ${text(mine)}`, 'revoked'],
    ['an authority', 'web', 22, `@cert-authority *eb ${text(other)}`, 'authority'],
    ['comments and empty lines', 'web', 22, `# web\n\n  web ${text(mine)} me`, 'known'],
    ['a line that is cut off', 'web', 22, 'web ssh-ed25519', 'unknown'],
    ['nothing', 'web', 22, '', 'unknown'],
  ])('%s', (...[, name, port, file, kind]) => {
    const verdict = checkHostKey([{ path: '/k', text: file }], { name, port }, mine);
    expect(verdict.kind).toBe(kind);
  });

  it('tells file, line and fingerprint of the key that is known', () => {
    const files = [
      { path: '/a', text: '' },
      { path: '/b', text: `\nweb ${text(other)}\n` },
    ];
    expect(checkHostKey(files, { name: 'web', port: 22 }, mine)).toEqual({
      kind: 'changed',
      place: { path: '/b', line: 2 },
      type: 'ssh-ed25519',
      fingerprint: fingerprintOf(other),
    });
  });

  it('names the kinds of keys to ask for', () => {
    const file = `web ${text(key('ssh-rsa', 'r'))}\nweb ${text(mine)}\n@revoked web ${text(other)}`;
    expect(knownKeyTypes([{ path: '/k', text: file }], { name: 'web', port: 22 })).toEqual([
      'ssh-rsa',
      'ssh-ed25519',
    ]);
  });

  it('is known by the line that is written for it, whatever host and port', () => {
    const names = fc.stringMatching(/^[a-z0-9][a-z0-9.-]{0,20}$/);
    fc.assert(
      fc.property(names, fc.integer({ min: 1, max: 65_535 }), (name, port) => {
        const line = knownHostsLine({ name, port }, mine);
        const files = [{ path: '/k', text: line }];
        expect(checkHostKey(files, { name, port }, mine).kind).toBe('known');
        expect(checkHostKey(files, { name, port }, other).kind).toBe('changed');
      }),
    );
  });

  it('is never known when it is revoked, and never new when another one is known', () => {
    const name = fc.stringMatching(/^[a-z0-9][a-z0-9.-]{0,12}$/);
    const spelling = fc.constantFrom(
      (host: string) => host,
      (host: string) => `other,${host.toUpperCase()}`,
      (host: string) => hashed(host),
      (host: string) => `${host.slice(0, 1)}*`,
    );
    const lines = fc.array(fc.constantFrom('', '# web', `web.other ${text(other)}`, 'half a'));
    fc.assert(
      fc.property(name, spelling, spelling, lines, (host, spell, spellOther, more) => {
        const kindOf = (...added: readonly string[]): string =>
          checkHostKey(
            [
              { path: '/a', text: more.join('\n') },
              { path: '/b', text: added.join('\r\n') },
            ],
            { name: host, port: 22 },
            mine,
          ).kind;
        const known = `${spell(host)} ${text(mine)}`;
        const changed = `${spellOther(host)} ${text(other)}`;
        expect(kindOf(known, changed)).toBe('known');
        expect(kindOf(changed)).toBe('changed');
        expect(kindOf(known, `@revoked ${spellOther(host)} ${text(mine)}`)).toBe('revoked');
      }),
    );
  });

  it.each([
    ['ssh-ed25519', 'ED25519'],
    ['ecdsa-sha2-nistp256', 'ECDSA'],
    ['ssh-rsa', 'RSA'],
  ])('of the kind %s is called %s', (type, name) => {
    expect(keyTypeName(type)).toBe(name);
  });
});
