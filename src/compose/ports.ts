import { ipVersion } from '../foundation/ip-address.ts';
import { fail, ok } from '../foundation/result.ts';
import type { Result } from '../foundation/result.ts';
import { formatPath, intNode, mapNode, stringNode } from './node.ts';
import type { MapNode, Node } from './node.ts';
import type { Expand } from './short-form.ts';
import type { Span } from './source.ts';

/** One container port and where it is published. */
export interface PortMapping {
  /** Empty: all addresses. */
  readonly hostIp: string;
  /** A port, a range to choose from, or empty: the engine chooses. */
  readonly published: string;
  readonly target: number;
  readonly protocol: string;
}

interface PortRange {
  readonly start: number;
  readonly end: number;
}

/**
 * Reads `[[ip:]host:]container[/protocol]`. Ranges of equal length give one mapping for each port,
 * in the order of their text ("10" before "9"), as the reference lists them.
 */
export function parsePort(spec: string): Result<readonly PortMapping[], string> {
  const parts = spec.split(':');
  const [target = '', protocol = ''] = (parts.pop() ?? '').split(/\/(.*)/s);
  const published = parts.pop() ?? '';
  if (target === '') return fail(`No port specified: ${spec}<empty>`);
  const proto = protocol === '' ? 'tcp' : protocol.toLowerCase();
  if (!['tcp', 'udp', 'sctp'].includes(proto)) return fail(`Invalid proto: ${protocol}`);
  const hostIp = hostAddress(parts.join(':'));
  if (!hostIp.ok) return hostIp;
  const container = portRange(target);
  if (container === undefined) return fail(`Invalid containerPort: ${target}`);
  const host = published === '' ? undefined : portRange(published);
  if (published !== '' && host === undefined) return fail(`Invalid hostPort: ${published}`);
  const count = container.end - container.start + 1;
  if (host !== undefined && count > 1 && host.end - host.start + 1 !== count) {
    return fail(
      `Invalid ranges specified for container and host Ports: ${target} and ${published}`,
    );
  }
  const mappings = Array.from({ length: count }, (_, index): PortMapping => {
    const shown = host === undefined ? '' : publishedPort(host, index, count);
    return {
      hostIp: hostIp.value,
      published: shown,
      target: container.start + index,
      protocol: proto,
    };
  });
  return ok(mappings.sort((a, b) => compareText(`${a.target}/`, `${b.target}/`)));
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function publishedPort(host: PortRange, index: number, count: number): string {
  const isChoice = count === 1 && host.start !== host.end;
  return isChoice ? `${host.start}-${host.end}` : String(host.start + index);
}

function hostAddress(text: string): Result<string, string> {
  const address = /^\[(.*)\]$/s.exec(text)?.[1] ?? text;
  if (address === '' || ipVersion(address) !== undefined) return ok(address);
  return fail(`Invalid ip address: ${address}`);
}

function portRange(text: string): PortRange | undefined {
  const [from = '', to] = text.split(/-(.*)/s);
  const start = portNumber(from);
  const end = to === undefined ? start : portNumber(to);
  if (start === undefined || end === undefined || end < start) return undefined;
  return { start, end };
}

function portNumber(text: string): number | undefined {
  const port = /^\+?\d+$/.test(text) ? Number(text) : Number.NaN;
  return port <= 65_535 ? port : undefined;
}

/** `services.*.ports`: a list of long forms; one short form may become several. */
export const expandPorts: Expand = (node, { path, fault }) => {
  if (node.kind !== 'seq') return node;
  let failed = false;
  const items = node.items.flatMap((item, index): Node[] => {
    if (item.kind !== 'scalar') return [item];
    if (item.type !== 'int' && item.type !== 'str') {
      failed = true;
      const where = formatPath(path);
      fault(
        'port/invalid-type',
        `${where}: invalid type ${goType(item.type)} for port`,
        item,
        index,
      );
      return [item];
    }
    const parsed = parsePort(String(item.value));
    if (parsed.ok) return parsed.value.map((mapping) => portNode(mapping, item.span));
    failed = true;
    fault('port/invalid', parsed.error, item, index);
    return [item];
  });
  if (failed || items.every((item, index) => item === node.items[index])) return node;
  return { ...node, items };
};

function goType(type: string): string {
  return type === 'float' ? 'float64' : type === 'null' ? '<nil>' : type;
}

function portNode(mapping: PortMapping, span: Span): MapNode {
  const entries: (readonly [string, Node])[] = [['mode', stringNode('ingress', span)]];
  if (mapping.hostIp !== '') entries.push(['host_ip', stringNode(mapping.hostIp, span)]);
  if (mapping.target !== 0) entries.push(['target', intNode(mapping.target, span)]);
  if (mapping.published !== '') entries.push(['published', stringNode(mapping.published, span)]);
  entries.push(['protocol', stringNode(mapping.protocol, span)]);
  return mapNode(entries, span);
}
