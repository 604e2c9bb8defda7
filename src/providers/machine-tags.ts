/** Tag that everything has which tcompose made for machines. */
export const TAG = 'tcompose';
/** Its value. */
export const TAG_VALUE = 'machine';
/** Tag with the id of the store whose machine it is. */
export const STORE_TAG = 'tcompose-store';
/** Tag with the name of the machine; what machines share has none. */
export const MACHINE_TAG = 'tcompose-machine';

/** Tags of what belongs to a machine of a store; without a machine: those of what its machines share. */
export function machineTags(store: string, machine?: string): Readonly<Record<string, string>> {
  return {
    [TAG]: TAG_VALUE,
    [STORE_TAG]: store,
    ...(machine === undefined ? {} : { [MACHINE_TAG]: machine }),
  };
}
