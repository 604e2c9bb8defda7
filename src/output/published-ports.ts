/** A row of `Ports` in the engine's container list. */
export interface PublishedPort {
  readonly IP?: string;
  readonly PrivatePort: number;
  readonly PublicPort?: number;
  readonly Type: string;
}

interface PortRange {
  readonly ip: string;
  readonly type: string;
  readonly from: number;
  readonly publicFrom: number | undefined;
  to: number;
}

/**
 * Ports as the PORTS column shows them: `0.0.0.0:8080->80/tcp, 443/tcp`, with neighbours that map
 * alike drawn together (`0.0.0.0:8000-8002->80-82/tcp`).
 */
export function formatPorts(ports: readonly PublishedPort[]): string {
  const ranges: PortRange[] = [];
  for (const port of ports.toSorted(comparePorts)) {
    const last = ranges.find((range) => continues(range, port));
    if (last !== undefined) last.to = port.PrivatePort;
    else {
      ranges.push({
        ip: port.IP ?? '',
        type: port.Type,
        from: port.PrivatePort,
        publicFrom: port.PublicPort || undefined,
        to: port.PrivatePort,
      });
    }
  }
  return ranges.map(formatRange).join(', ');
}

function comparePorts(a: PublishedPort, b: PublishedPort): number {
  return (
    a.PrivatePort - b.PrivatePort ||
    compareText(a.IP ?? '', b.IP ?? '') ||
    (a.PublicPort ?? 0) - (b.PublicPort ?? 0) ||
    compareText(a.Type, b.Type)
  );
}

/** By code unit: the same on every machine, whatever its language. */
function compareText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

function continues(range: PortRange, port: PublishedPort): boolean {
  if (range.ip !== (port.IP ?? '') || range.type !== port.Type) return false;
  if (port.PrivatePort !== range.to + 1) return false;
  const published = port.PublicPort || undefined;
  if (range.publicFrom === undefined || published === undefined) {
    return range.publicFrom === published;
  }
  // Only ports that keep their number are drawn together, as in docker.
  return range.publicFrom === range.from && published === port.PrivatePort;
}

function formatRange({ ip, type, from, to, publicFrom }: PortRange): string {
  const inside = from === to ? String(from) : `${from}-${to}`;
  if (publicFrom === undefined) return `${inside}/${type}`;
  const outside = from === to ? String(publicFrom) : `${publicFrom}-${publicFrom + to - from}`;
  const host = ip.includes(':') ? `[${ip}]` : ip;
  return `${host}:${outside}->${inside}/${type}`;
}
