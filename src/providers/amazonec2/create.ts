import type { Instance as Ec2Instance } from '@aws-sdk/client-ec2';
import type { CreateRequest, Instance } from '../provider.ts';
import { ProviderError } from '../provider-error.ts';
import type { Ec2 } from './client.ts';
import { ec2Failure, hasCode } from './failure.ts';
import { resolveImage } from './image.ts';
import { hasEnded, instanceById, instanceOf, instancesByTags, isAlive } from './instance.ts';
import { ensureKeyPair } from './key-pair.ts';
import { resolvePlace } from './network.ts';
import { onceKnown } from './once-known.ts';
import { clientToken, type Ingredients, runInput } from './run-input.ts';
import { ensureGroups } from './security-group.ts';

/** How often EC2 is asked again for what it does not know yet. */
const TRIES = 6;
/** Milliseconds between looks, and after which an instance without an address is given up. */
const INTERVAL = 2000;
const ADDRESS_TIMEOUT = 300_000;
/** EC2 may take so long to know an instance that it has just made. */
const UNKNOWN_FOR = 60_000;

/** Makes an instance with what belongs to it, or goes on with the one that an earlier try has made. */
export async function createInstance(ec2: Ec2, request: CreateRequest): Promise<Instance> {
  const earlier = await earlierInstances(ec2, request);
  const alive = earlier.find((instance) => isAlive(instance));
  const ended = earlier.filter((instance) => !isAlive(instance));
  const instance = alive ?? (await makeInstance(ec2, request, ended));
  const id = instance.InstanceId ?? '';
  const { region, instanceType } = ec2.settings;
  await request.journal.made({
    kind: 'instance',
    id,
    region,
    machine: request.name,
    title: `${id} (${instanceType}, ${region})`,
  });
  if (alive?.State?.Name === 'stopped') {
    await ec2.send(new ec2.commands.StartInstancesCommand({ InstanceIds: [id] }));
  }
  return await waitForAddress(ec2, id, request);
}

/** By tags, and those that the journal knows although their tags are not there yet. */
async function earlierInstances(
  ec2: Ec2,
  { tags, journal }: CreateRequest,
): Promise<Ec2Instance[]> {
  const found = await instancesByTags(ec2, tags);
  for (const { kind, id } of journal.earlier) {
    if (kind !== 'instance' || id === undefined) continue;
    if (found.some(({ InstanceId }) => InstanceId === id)) continue;
    const instance = await instanceById(ec2, id);
    if (instance !== undefined) found.push(instance);
  }
  return found;
}

async function makeInstance(
  ec2: Ec2,
  request: CreateRequest,
  ended: readonly Ec2Instance[],
): Promise<Ec2Instance> {
  const { settings } = ec2;
  const image = await resolveImage(ec2);
  const place = await resolvePlace(ec2);
  const keyPair = await ensureKeyPair(ec2, request);
  const groups = await ensureGroups(ec2, place.vpc, request);
  request.progress(`creating an instance ${settings.instanceType} in ${place.zone}`);
  const ids = ended.map(({ InstanceId = '' }) => InstanceId);
  await request.journal.intend('instance', request.token, { region: settings.region });
  for (;;) {
    const token = clientToken(request.token, ids);
    const made = await runInstance(ec2, { image, place, keyPair, groups }, request, token);
    if (isAlive(made) || ids.includes(made.InstanceId ?? '')) return made;
    // The token of an instance that has ended and that EC2 shows no longer.
    ids.push(made.InstanceId ?? '');
  }
}

async function runInstance(
  ec2: Ec2,
  ingredients: Ingredients,
  request: CreateRequest,
  token: string,
): Promise<Ec2Instance> {
  const { RunInstancesCommand } = ec2.commands;
  const { clock, signal } = ec2.context;
  const input = { ...runInput(ec2.settings, ingredients, request), ClientToken: token };
  for (let attempt = 1; ; attempt += 1) {
    try {
      const { Instances = [] } = await onceKnown(ec2, () =>
        ec2.send(new RunInstancesCommand(input)),
      );
      if (Instances[0] !== undefined) return Instances[0];
      throw new ProviderError('failed', 'EC2 made no instance and did not say why');
    } catch (error) {
      // An earlier try with another image or group was accepted: that instance is the one.
      if (!hasCode(error, 'IdempotentParameterMismatch') || attempt === TRIES) throw error;
      await clock.sleep(INTERVAL, signal);
      const found = (await earlierInstances(ec2, request)).find((instance) => isAlive(instance));
      if (found !== undefined) return found;
    }
  }
}

async function waitForAddress(ec2: Ec2, id: string, request: CreateRequest): Promise<Instance> {
  const { clock, signal } = ec2.context;
  request.progress(`waiting for the address of ${id}`);
  const begin = clock.now();
  for (;;) {
    const found = await instanceById(ec2, id);
    const waited = clock.now() - begin;
    if (found === undefined ? waited > UNKNOWN_FOR : hasEnded(found))
      throw vanished(id, found, ec2);
    const instance = found === undefined ? undefined : instanceOf(found, ec2.settings);
    if (instance?.address !== undefined && instance.state === 'Running') return instance;
    if (waited >= ADDRESS_TIMEOUT) throw withoutAddress(id, instance, ec2);
    await clock.sleep(INTERVAL, signal);
  }
}

/** Ended by EC2 itself; its reason is such as `Server.InsufficientInstanceCapacity`. */
function vanished(id: string, instance: Ec2Instance | undefined, ec2: Ec2): ProviderError {
  const { Code: code, Message: message } = instance?.StateReason ?? {};
  if (code !== undefined && code !== '') {
    const reason = Object.assign(new Error(`${id} has ended: ${message ?? code}`), { Code: code });
    return ec2Failure(reason, ec2.settings);
  }
  return new ProviderError('failed', `${id} vanished while it was being made`, {
    hint: 'Somebody removed it, or EC2 did; see the instance in the AWS console.',
  });
}

function withoutAddress(id: string, instance: Instance | undefined, ec2: Ec2): ProviderError {
  const minutes = ADDRESS_TIMEOUT / 60_000;
  const { privateOnly, ipv6Only } = ec2.settings;
  const running = instance?.state === 'Running' && privateOnly !== true;
  return new ProviderError(
    'failed',
    `${id} has got no address within ${minutes} minutes (it is ${instance?.state ?? 'unknown'})`,
    {
      hint: running
        ? ipv6Only === true
          ? 'Its subnet has no IPv6 addresses: give --amazonec2-ipv6-address-count 1 and such a subnet.'
          : 'Its subnet gives no public addresses: use --amazonec2-private-address-only or another --amazonec2-subnet-id.'
        : 'Run create again to go on waiting, or remove the machine.',
    },
  );
}
