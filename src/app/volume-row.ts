import { humanSize } from '../output/human.ts';

/** A row of `GET /volumes`. */
export interface ListedVolume {
  readonly Name: string;
  readonly Driver: string;
  readonly Scope: string;
  readonly Mountpoint: string;
  readonly Labels: Readonly<Record<string, string>> | null;
  readonly UsageData?: { readonly RefCount: number; readonly Size: number } | null;
  /** Of volumes that a swarm manages. */
  readonly ClusterVolume?: {
    readonly Spec: { readonly Group?: string; readonly Availability?: string };
    readonly Info?: { readonly VolumeID?: string } | null;
    readonly PublishStatus?: readonly object[] | null;
  } | null;
}

/** A volume as `volumes --format` sees it; field names are those of docker. */
export interface VolumeRow {
  readonly Availability: string;
  readonly Driver: string;
  readonly Group: string;
  readonly Labels: string;
  readonly Links: string;
  readonly Mountpoint: string;
  readonly Name: string;
  readonly Scope: string;
  readonly Size: string;
  readonly Status: string;
  readonly Label: (name: string) => string;
}

/** Heading of each field in tables. */
export const volumeHeadings = {
  ID: 'ID',
  Name: 'VOLUME NAME',
  Group: 'GROUP',
  Driver: 'DRIVER',
  Scope: 'SCOPE',
  Availability: 'AVAILABILITY',
  Mountpoint: 'MOUNTPOINT',
  Labels: 'LABELS',
  Links: 'LINKS',
  Size: 'SIZE',
  Status: 'STATUS',
} as const;

const UNKNOWN = 'N/A';

/** Makes a row of a volume. */
export function volumeRow(volume: ListedVolume): VolumeRow {
  const { UsageData: usage, ClusterVolume: cluster } = volume;
  const labels = volume.Labels ?? {};
  return {
    Availability: cluster ? (cluster.Spec.Availability ?? '') : UNKNOWN,
    Driver: volume.Driver,
    Group: cluster ? (cluster.Spec.Group ?? '') : UNKNOWN,
    Labels: Object.entries(labels)
      .map(([name, value]) => `${name}=${value}`)
      .toSorted()
      .join(','),
    Links: usage ? String(usage.RefCount) : UNKNOWN,
    Mountpoint: volume.Mountpoint,
    Name: volume.Name,
    Scope: volume.Scope,
    Size: usage ? humanSize(usage.Size) : UNKNOWN,
    Status: cluster ? clusterStatus(cluster) : UNKNOWN,
    Label: (name) => labels[name] ?? '',
  };
}

function clusterStatus({
  Info,
  PublishStatus,
}: NonNullable<ListedVolume['ClusterVolume']>): string {
  if ((Info?.VolumeID ?? '') === '') return 'pending creation';
  const nodes = PublishStatus?.length ?? 0;
  if (nodes === 0) return 'created';
  return nodes === 1 ? 'in use (1 node)' : `in use (${nodes} nodes)`;
}
