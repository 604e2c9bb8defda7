import type { MachineEvent } from '../../machines/machine-event.ts';

/**
 * A line about a machine as docker-machine wrote it: `(web) Waiting for SSH...`. Undefined for what would only
 * repeat or drown the others.
 */
export function plainMachineLine(
  event: MachineEvent,
  { details }: { readonly details: boolean },
): string | undefined {
  const { text } = event;
  // What no machine has alone has no name in front.
  const head = event.machine === '' ? '' : `(${event.machine}) `;
  switch (event.type) {
    case 'step':
      return `${head}${sentence(text)}`;
    case 'step-done':
      return undefined;
    case 'detail':
      return details ? `${head}  ${text}` : undefined;
    case 'warning':
      return `${head}warning: ${text}`;
  }
}

function sentence(text: string): string {
  const begun = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.!?:]$/.test(begun) ? begun : `${begun}...`;
}
