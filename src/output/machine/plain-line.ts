import type { MachineEvent } from '../../machines/machine-event.ts';

/**
 * A line about a machine as docker-machine wrote it: `(web) Waiting for SSH...`. Undefined for what would only
 * repeat or drown the others.
 */
export function plainMachineLine(
  event: MachineEvent,
  { details }: { readonly details: boolean },
): string | undefined {
  const { machine, text } = event;
  switch (event.type) {
    case 'step':
      return `(${machine}) ${sentence(text)}`;
    case 'step-done':
      return undefined;
    case 'detail':
      return details ? `(${machine})   ${text}` : undefined;
    case 'warning':
      return `(${machine}) warning: ${text}`;
  }
}

function sentence(text: string): string {
  const begun = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.!?:]$/.test(begun) ? begun : `${begun}...`;
}
