import { nearest } from '../../foundation/nearest.ts';
import { MachineError } from '../machine-error.ts';

const NAME = /^[a-zA-Z0-9][a-zA-Z0-9\-.]*$/;
/** Longest host name of Linux. */
const LONGEST = 63;

/**
 * Refuses what is no name of a machine, by the rule of docker-machine: a host name.
 *
 * @throws MachineError `invalid`
 */
export function checkMachineName(name: string): void {
  if (!NAME.test(name)) {
    throw new MachineError(
      'invalid',
      'Invalid hostname specified. Allowed hostname chars are: 0-9a-zA-Z . -',
      {
        hint: `${JSON.stringify(name)} cannot be the name of a machine; begin with a letter or digit`,
      },
    );
  }
  if (name.length > LONGEST) {
    throw new MachineError(
      'invalid',
      `Invalid hostname specified. It has ${name.length} characters, a host name has at most ${LONGEST}`,
    );
  }
}

/**
 * The failure for a machine that is not in the store, in the words of docker-machine, with what may have been meant.
 *
 * @param program what is typed before a command about machines
 */
export function unknownMachine(
  name: string,
  known: readonly string[],
  program: string,
): MachineError {
  const meant = nearest(name, known);
  return new MachineError(
    'not-found',
    `Docker machine ${JSON.stringify(name)} does not exist. Use "${program} ls" to list machines. ` +
      `Use "${program} create" to add a new one.`,
    meant === undefined ? {} : { hint: `did you mean ${JSON.stringify(meant)}?` },
  );
}
