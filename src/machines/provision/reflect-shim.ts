/**
 * The part of the `reflect-metadata` proposal that a library under @peculiar/x509 insists on when it is loaded:
 * facts about classes, kept beside them. Nothing is replaced where somebody else brought the whole of it.
 */
type Facts = Map<unknown, unknown>;

const facts = new WeakMap<object, Facts>();

const shim = {
  defineMetadata: (key: unknown, value: unknown, target: object): void => {
    const known = facts.get(target) ?? new Map<unknown, unknown>();
    facts.set(target, known.set(key, value));
  },
  getOwnMetadata: (key: unknown, target: object): unknown => facts.get(target)?.get(key),
  getMetadata: (key: unknown, target: object): unknown => {
    for (let at: object | null = target; at !== null; at = Object.getPrototypeOf(at) as object) {
      if (facts.get(at)?.has(key) === true) return facts.get(at)?.get(key);
    }
    return undefined;
  },
};

if (!('getMetadata' in Reflect)) Object.assign(Reflect, shim);
