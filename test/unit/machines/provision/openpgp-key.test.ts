import { describe, expect, it } from 'vitest';
import { keyFault, keyFingerprints } from '../../../../src/machines/provision/openpgp-key.ts';

// Both made by GnuPG, which names the same fingerprints.
const ONE = '8A7DE165CB6FEC3FDE9056A648FB1EB34E04C698';
const TWO = '9EC053F08F17CB3EEBE3DF79144E9CCDD5DC71E0';

const one = `-----BEGIN PGP PUBLIC KEY BLOCK-----

mDMEawgvyxYJKwYBBAHaRw8BAQdAGebSbtLYI0M4vJ12U1AXR646CSL22RMibmSI
IhCiy8m0A29uZYiQBBMWCAA4FiEEin3hZctv7D/ekFamSPses04ExpgFAmsIL8sC
GwMFCwkIBwIGFQoJCAsCBBYCAwECHgECF4AACgkQSPses04Expjm4AEA14jwl51y
BYgbEYnVa5CrtzLi+ghIr9D2gxyawRxPKh0A/1H9GLZmqtCzPSWBT9ZHrOhmilxr
tJ43a7SkMOJDOagO
=bgfR
-----END PGP PUBLIC KEY BLOCK-----
`;

const both = `-----BEGIN PGP PUBLIC KEY BLOCK-----

mDMEawgvyxYJKwYBBAHaRw8BAQdAGebSbtLYI0M4vJ12U1AXR646CSL22RMibmSI
IhCiy8m0A29uZYiQBBMWCAA4FiEEin3hZctv7D/ekFamSPses04ExpgFAmsIL8sC
GwMFCwkIBwIGFQoJCAsCBBYCAwECHgECF4AACgkQSPses04Expjm4AEA14jwl51y
BYgbEYnVa5CrtzLi+ghIr9D2gxyawRxPKh0A/1H9GLZmqtCzPSWBT9ZHrOhmilxr
tJ43a7SkMOJDOagOmDMEawgvyxYJKwYBBAHaRw8BAQdAJHX/JG3cDAFfTIFdzVSX
pVIYnN2P17w+TLqPErFSpvG0A3R3b4iQBBMWCAA4FiEEnsBT8I8Xyz7r4995FE6c
zdXcceAFAmsIL8sCGwMFCwkIBwIGFQoJCAsCBBYCAwECHgECF4AACgkQFE6czdXc
ceACVgD/TR+atzlwXJ/DWlDA37PhC+VWvprm+vm3hQ/QeKF25CwA/0Wqh6I7u6Cs
As12/AurrSlQfXbI0l/ocm2E4m4p81oM
=fbKc
-----END PGP PUBLIC KEY BLOCK-----
`;

describe('keys that packages are signed with', () => {
  it('have the fingerprints that GnuPG names', () => {
    expect(keyFingerprints(one)).toEqual([ONE]);
    expect(keyFingerprints(both)).toEqual([ONE, TWO]);
    expect(keyFingerprints(`${one}${both}`.replaceAll('\n', '\r\n'))).toEqual([ONE, ONE, TWO]);
    const commented = one.replace('BLOCK-----\n', 'BLOCK-----\nComment: = with = signs\n');
    expect(keyFingerprints(commented)).toEqual([ONE]);
  });

  it('are trusted when they are the one that is known, and nothing comes with it', () => {
    expect(keyFault(one, [ONE])).toBe(undefined);
    expect(keyFault(both, [ONE, TWO])).toBe(undefined);
    expect(keyFault(one, [TWO])).toBe(`it holds the key ${ONE}, and only ${TWO} is trusted`);
    expect(keyFault(both, [ONE])).toContain(`the key ${TWO}`);
  });

  it('are none in other texts', () => {
    expect(keyFault('<html>Log in to the network</html>', [ONE])).toBe('it is no key at all');
    expect(keyFault(one.slice(0, 80), [ONE])).toBe('it is no key at all');
    expect(keyFault(one.replace('mDME', 'AAAA'), [ONE])).toBe('it is no key at all');
  });
});
