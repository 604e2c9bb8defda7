import { LABEL } from '../engine/labels.ts';
import { toContainer, type ContainerSummary } from '../engine/observe.ts';
import { ellipsis, humanDuration, humanSize } from '../output/human.ts';
import { goTime, type TimeZone } from '../output/local-time.ts';
import { typed } from '../output/template/values.ts';
import { formatPorts, type PublishedPort } from '../output/published-ports.ts';

/** The parts of the engine's container list that only `ps` shows. */
export interface ListedContainer extends ContainerSummary {
  readonly Command: string;
  readonly Ports: readonly PublishedPort[];
  readonly SizeRw?: number;
  readonly SizeRootFs?: number;
}

/** Where a port of a container is published. */
interface Publisher {
  readonly URL: string;
  readonly TargetPort: number;
  readonly PublishedPort: number;
  readonly Protocol: string;
}

/** A container as `ps --format` sees it; field names are those of Compose. */
export interface ContainerRow {
  readonly Command: string;
  readonly CreatedAt: string;
  /** Which engine runs it, where a label says so. */
  readonly Engine: string;
  readonly ExitCode: number;
  readonly Health: string;
  readonly ID: string;
  readonly Image: string;
  readonly Labels: string;
  readonly LocalVolumes: string;
  readonly Mounts: string;
  readonly Name: string;
  readonly Names: string;
  readonly Networks: string;
  readonly Ports: string;
  readonly Project: string;
  readonly Publishers: readonly Publisher[];
  readonly RunningFor: string;
  readonly Service: string;
  readonly Size: string;
  readonly State: string;
  readonly Status: string;
  readonly Label: (name: string) => string;
}

/** Heading of each field in tables. */
export const containerHeadings = {
  Command: 'COMMAND',
  CreatedAt: 'CREATED AT',
  Engine: 'ENGINE',
  ID: 'CONTAINER ID',
  Image: 'IMAGE',
  Labels: 'LABELS',
  Name: 'NAME',
  Ports: 'PORTS',
  Project: 'PROJECT',
  RunningFor: 'CREATED',
  Service: 'SERVICE',
  Size: 'SIZE',
  State: 'STATE',
  Status: 'STATUS',
} as const;

/**
 * Makes a row of a container.
 *
 * @param options.now seconds since the epoch, for ages
 * @param options.zone of the times that are shown
 */
export function containerRow(
  listed: ListedContainer,
  options: { readonly truncate: boolean; readonly now: number; readonly zone: TimeZone },
): ContainerRow {
  const { truncate, now, zone } = options;
  const container = toContainer(listed);
  const { labels } = container;
  const mounts = container.mounts.map(({ name, source }) => name || source);
  return {
    Command: JSON.stringify(truncate ? ellipsis(listed.Command, 20) : listed.Command),
    CreatedAt: goTime(listed.Created, zone),
    Engine: labels[LABEL.engine] ?? '',
    ExitCode:
      container.state === 'exited' || container.state === 'dead' ? (container.exitCode ?? 0) : 0,
    Health: container.health === 'none' ? '' : container.health,
    ID: truncate ? container.id.slice(0, 12) : container.id,
    Image: listed.Image,
    Labels: Object.entries(labels)
      .map(([name, value]) => `${name}=${value}`)
      .join(','),
    LocalVolumes: String((listed.Mounts ?? []).filter(({ Driver }) => Driver === 'local').length),
    Mounts: mounts.map((mount) => (truncate ? ellipsis(mount, 15) : mount)).join(','),
    Name: container.name,
    Names: container.name,
    Networks: Object.keys(container.networks).join(','),
    Ports: formatPorts(listed.Ports),
    Project: labels[LABEL.project] ?? '',
    Publishers: publishers(listed.Ports),
    RunningFor: `${humanDuration(now - listed.Created)} ago`,
    Service: container.service,
    Size: size(listed),
    State: container.state,
    Status: listed.Status,
    Label: (name) => labels[name] ?? '',
  };
}

function publishers(ports: readonly PublishedPort[]): Publisher[] {
  const sorted = ports
    .toSorted((a, b) => a.PrivatePort - b.PrivatePort)
    .map(({ IP = '', PrivatePort, PublicPort = 0, Type }) =>
      typed('api.PortPublisher', {
        URL: IP,
        TargetPort: PrivatePort,
        PublishedPort: PublicPort,
        Protocol: Type,
      }),
    );
  return typed('api.PortPublishers', sorted);
}

function size({ SizeRw = 0, SizeRootFs = 0 }: ListedContainer): string {
  const own = humanSize(SizeRw, 3);
  return SizeRootFs > 0 ? `${own} (virtual ${humanSize(SizeRootFs, 3)})` : own;
}
