import type { Port, Service } from '../compose/model.ts';
import { apiAtLeast } from './api-version.ts';
import { EngineError } from './errors.ts';

export type PortBindings = Record<string, { HostIp: string; HostPort: string }[]>;

/**
 * `ExposedPorts`: published ports, and those of `expose` as they are written, which the engine reads
 * and shows. Since API 1.52 it takes no ranges here any more, so they are spelt out.
 */
export function exposedPorts(
  service: Service,
  apiVersion: string,
): Record<string, Record<string, never>> {
  const published = (service.ports ?? []).map(portKey);
  const exposed = (service.expose ?? []).flatMap((text) => {
    const ports = expandExpose(text);
    return ports.length > 1 && apiAtLeast(apiVersion, '1.52') ? ports : [text];
  });
  return Object.fromEntries([...published, ...exposed].map((port) => [port, {}]));
}

/** `PortBindings`: a published range is left to the engine, which takes the first free port. */
export function portBindings(service: Service): PortBindings {
  const bindings: PortBindings = {};
  for (const port of service.ports ?? []) {
    (bindings[portKey(port)] ??= []).push({
      HostIp: port.host_ip ?? '',
      HostPort: port.published ?? '',
    });
  }
  return bindings;
}

/**
 * True when the engine picks host ports for this service. It does so without locking, so that
 * such containers must not start at the same time.
 */
export function picksHostPorts(service: Service): boolean {
  return (service.ports ?? []).some(
    ({ published = '' }) => published === '' || published === '0' || published.includes('-'),
  );
}

function portKey({ target, protocol }: Port): string {
  return `${target ?? 0}/${protocol ?? 'tcp'}`;
}

function expandExpose(text: string): readonly string[] {
  const match = /^(\d+)(?:-(\d+))?(?:\/(\w+))?$/.exec(text);
  if (match === null) throw new EngineError('invalid', `invalid port in expose: "${text}"`);
  const [, first = '', last = first, protocol = 'tcp'] = match;
  const count = Number(last) - Number(first) + 1;
  return Array.from({ length: Math.max(count, 0) }, (_, index) => {
    return `${Number(first) + index}/${protocol.toLowerCase()}`;
  });
}
