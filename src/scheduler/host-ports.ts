import type { Port, Service } from '../compose/model.ts';

/** Ports of the host that a service may take, as `tcp/8080`; every one of a range. */
export function hostPorts(service: Service): ReadonlySet<string> {
  return new Set((service.ports ?? []).flatMap(portsOf));
}

/** Whether the engine chooses a port out of a range when a replica starts. */
export function publishesRange(service: Service): boolean {
  return (service.ports ?? []).some(({ published = '' }) => published.includes('-'));
}

/** Ports of the host that one entry of `ports` may take. */
export function portsOf({ published = '', protocol = 'tcp' }: Port): string[] {
  const [, from, to = from] = /^(\d+)(?:-(\d+))?$/.exec(published) ?? [];
  const first = Number(from);
  const count = Math.max(0, Number(to) - first + 1) || 0;
  return Array.from({ length: count }, (_, index) => `${protocol}/${first + index}`);
}
