/** A row of `Ports` in the engine's container list. */
export interface PublishedPort {
  readonly IP?: string;
  readonly PrivatePort: number;
  readonly PublicPort?: number;
  readonly Type: string;
}

/** Ports that keep their number and follow each other, on one address (or none). */
interface PortRange {
  readonly ip: string;
  readonly type: string;
  readonly first: number;
  last: number;
}

/**
 * Ports as docker's PORTS column shows them: first those that are exposed or published under their own
 * number, neighbours drawn together (`443/tcp, 0.0.0.0:80-82->80-82/tcp`), then those that are
 * published under another one (`0.0.0.0:8080->80/tcp`).
 */
export function formatPorts(ports: readonly PublishedPort[]): string {
  const open = new Map<string, PortRange>();
  const closed: PortRange[] = [];
  const moved: string[] = [];
  for (const { IP: ip = '', PrivatePort, PublicPort, Type } of ports.toSorted(comparePorts)) {
    if (ip !== '' && PublicPort !== PrivatePort) {
      moved.push(`${bracketed(ip)}:${PublicPort ?? 0}->${PrivatePort}/${Type}`);
      continue;
    }
    const key = `${ip}/${Type}`;
    const range = open.get(key);
    if (range !== undefined && range.last + 1 === PrivatePort) {
      range.last = PrivatePort;
      continue;
    }
    if (range !== undefined) closed.push(range);
    open.set(key, { ip, type: Type, first: PrivatePort, last: PrivatePort });
  }
  return [...[...closed, ...open.values()].map(formatRange), ...moved].join(', ');
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

function formatRange({ ip, type, first, last }: PortRange): string {
  const numbers = first === last ? String(first) : `${first}-${last}`;
  return ip === '' ? `${numbers}/${type}` : `${bracketed(ip)}:${numbers}->${numbers}/${type}`;
}

function bracketed(ip: string): string {
  return ip.includes(':') ? `[${ip}]` : ip;
}
