import type { Account } from '../provider.ts';
import { checkCreation } from './check.ts';
import { choicesOf } from './choices.ts';
import type { Ec2 } from './client.ts';
import { createInstance } from './create.ts';
import { hasEnded, instanceById, instanceOf, instancesByTags } from './instance.ts';
import { resourcesOf } from './resources.ts';
import { removeResource } from './remove.ts';
import { admit } from './security-group.ts';

/** An account of AWS in one region. */
export function accountOf(ec2: Ec2): Account {
  const { settings, commands } = ec2;
  return {
    check: (request) => checkCreation(ec2, request),
    create: (request) => createInstance(ec2, request),
    list: async (tags) =>
      (await instancesByTags(ec2, tags))
        .filter((instance) => !hasEnded(instance))
        .map((instance) => instanceOf(instance, settings)),
    describe: async (id) => {
      const instance = await instanceById(ec2, id);
      if (instance === undefined || hasEnded(instance)) return undefined;
      return instanceOf(instance, settings);
    },
    start: async (id) => {
      await ec2.send(new commands.StartInstancesCommand({ InstanceIds: [id] }));
    },
    stop: async (id, { force }) => {
      await ec2.send(
        new commands.StopInstancesCommand({ InstanceIds: [id], ...(force ? { Force: true } : {}) }),
      );
    },
    restart: async (id) => {
      await ec2.send(new commands.RebootInstancesCommand({ InstanceIds: [id] }));
    },
    resources: (tags) => resourcesOf(ec2, tags),
    remove: (resource) => removeResource(ec2, resource),
    admit: (tags) => admit(ec2, tags),
    choices: (kind) => choicesOf(ec2, kind),
    close: () => ec2.close(),
  };
}
