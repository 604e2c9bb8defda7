import { createHash } from 'node:crypto';
import { unknownValue } from '../did-you-mean.ts';
import type { CreateRequest } from '../provider.ts';
import { MACHINE_TAG } from '../machine-tags.ts';
import { nameOf, sharedTags } from '../tags.ts';
import { type Ec2, tagList } from './client.ts';
import { hasCode } from './failure.ts';

/**
 * Name of the key pair of a new instance: one that flags name, else one of its own. The name of that says which key it
 * is, so that one with the same name needs not to be looked at; a key of the user's is shared by machines of a store.
 */
export async function ensureKeyPair(ec2: Ec2, request: CreateRequest): Promise<string> {
  const { keyPair, keyPath, region } = ec2.settings;
  if (keyPair !== undefined) return keyPair;
  const { publicKey, tags, journal, progress } = request;
  const machine = keyPath === undefined ? (tags[MACHINE_TAG] ?? request.name) : undefined;
  const name = `${nameOf(tags, machine)}-${digest(publicKey)}`;
  const own = machine === undefined ? sharedTags(tags) : tags;
  const { ImportKeyPairCommand } = ec2.commands;
  let id = await keyPairId(ec2, name);
  if (id === undefined) {
    progress(`importing the key pair ${name}`);
    await journal.intend('key-pair', name, { region });
    try {
      const output = await ec2.send(
        new ImportKeyPairCommand({
          KeyName: name,
          PublicKeyMaterial: Buffer.from(publicKey.trim()),
          TagSpecifications: [{ ResourceType: 'key-pair', Tags: tagList(own) }],
        }),
      );
      id = output.KeyPairId;
    } catch (error) {
      // Somebody else was faster, or the answer to an earlier try was lost.
      if (!hasCode(error, 'InvalidKeyPair.Duplicate')) throw error;
      id = await keyPairId(ec2, name);
    }
  }
  await journal.made({
    kind: 'key-pair',
    id: id ?? name,
    region,
    ...(machine === undefined ? {} : { machine }),
    title: `key pair ${name}`,
  });
  return name;
}

/** @throws ProviderError with what may have been meant */
export async function requireKeyPair(ec2: Ec2, name: string): Promise<void> {
  if ((await keyPairId(ec2, name)) !== undefined) return;
  const { DescribeKeyPairsCommand } = ec2.commands;
  const { KeyPairs = [] } = await ec2.send(new DescribeKeyPairsCommand({}));
  throw unknownValue(
    '--amazonec2-keypair-name',
    { kind: 'key pair', value: name, among: ` in ${ec2.settings.region}` },
    KeyPairs.map(({ KeyName = '' }) => KeyName),
  );
}

async function keyPairId(ec2: Ec2, name: string): Promise<string | undefined> {
  const { DescribeKeyPairsCommand } = ec2.commands;
  const Filters = [{ Name: 'key-name', Values: [name] }];
  const { KeyPairs = [] } = await ec2.send(new DescribeKeyPairsCommand({ Filters }));
  const found = KeyPairs.find(({ KeyName }) => KeyName === name);
  return found === undefined ? undefined : (found.KeyPairId ?? name);
}

function digest(publicKey: string): string {
  const [, bytes = ''] = publicKey.trim().split(/\s+/);
  return createHash('sha256').update(bytes).digest('hex').slice(0, 8);
}
