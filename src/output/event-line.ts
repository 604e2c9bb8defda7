import type { ContainerEvent } from '../engine/container-events.ts';
import { byBytes } from '../compose/byte-order.ts';
import { goJson } from './go-json.ts';
import { localTime } from './local-time.ts';

const OURS = 'com.docker.compose.';

/**
 * An event as text with the blank line behind it that Compose prints; attributes in order.
 *
 * @param offset of the local time from UTC at a moment, in minutes
 */
export function eventText(event: ContainerEvent, offset: (milliseconds: number) => number): string {
  const { date, time, fraction } = localTime(event.time, offset);
  const attributes = shownAttributes(event).map(([name, value]) => `${name}=${value}`);
  const { action, id } = event;
  const when = `${date} ${time}.${fraction.slice(0, 6)}`;
  return `${when} container ${action} ${id} (${attributes.join(', ')})\n\n`;
}

/** An event as a line of JSON, keys in order. */
export function eventJson(event: ContainerEvent, offset: (milliseconds: number) => number): string {
  const { date, time, fraction, zone } = localTime(event.time, offset);
  const digits = fraction.replace(/0+$/, '');
  return `${goJson(
    {
      action: event.action,
      attributes: Object.fromEntries(shownAttributes(event)),
      id: event.id,
      service: event.service,
      time: `${date}T${time}${digits === '' ? '' : `.${digits}`}${zone}`,
      type: 'container',
    },
    { html: true },
  )}\n`;
}

function shownAttributes({ attributes }: ContainerEvent): readonly (readonly [string, string])[] {
  return Object.entries(attributes)
    .filter(([name]) => !name.startsWith(OURS))
    .toSorted(([a], [b]) => byBytes(a, b));
}
