import { containerFiles, type ContainerFile } from '../compose/container-files.ts';
import type { Project, Service, ServiceVolume } from '../compose/model.ts';
import { apiAtLeast } from './api-version.ts';
import { EngineError } from './errors.ts';
import { compact } from './request-body.ts';

/** A mount of the container that is being replaced. */
export interface InheritedMount {
  readonly type: string;
  /** Volume name or path. */
  readonly source: string;
  readonly target: string;
  readonly readOnly: boolean;
}

/** An entry of `HostConfig.Mounts`. */
interface Mount {
  readonly Type: string;
  readonly Source?: string;
  readonly Target: string;
  readonly ReadOnly?: boolean;
  readonly Consistency?: string;
  readonly BindOptions?: object;
  readonly VolumeOptions?: object;
  readonly TmpfsOptions?: object;
  readonly ImageOptions?: object;
}

export interface MountSettings {
  readonly Binds?: readonly string[];
  readonly Mounts?: readonly Mount[];
}

export interface MountContext {
  readonly project: Project;
  readonly apiVersion: string;
  /** Mounts of the container that is replaced; empty: nothing is taken over. */
  readonly inherited: readonly InheritedMount[];
  /** Paths that the image declares as volumes. */
  readonly imageVolumes: readonly string[];
}

/**
 * `Binds` and `Mounts` of a service. The older `Binds` are used where they can say it, since only
 * they create missing host paths on every engine. A later entry for the same target wins, except
 * that configs and secrets never replace a volume.
 */
export function mountSettings(service: Service, context: MountContext): MountSettings {
  const volumes = new Map((service.volumes ?? []).map((volume) => [volume.target ?? '', volume]));
  const mounts = inheritedMounts(service, context);
  for (const volume of service.volumes ?? []) {
    const target = volume.target ?? '';
    const anonymous = (volume.source ?? '') === '';
    if (anonymous && mounts.has(target)) continue;
    mounts.set(target, toMount(volume, context));
  }
  for (const file of containerFiles(context.project, service)) {
    if (file.delivery === 'bind' && !mounts.has(file.target)) {
      mounts.set(file.target, fileMount(file));
    }
  }
  const binds: string[] = [];
  const rest: Mount[] = [];
  for (const mount of mounts.values()) {
    const bind = toBind(mount, volumes.get(mount.Target), context.project);
    if (bind === undefined) rest.push(mount);
    else binds.push(bind);
  }
  return {
    ...(binds.length > 0 ? { Binds: binds } : {}),
    ...(rest.length > 0 ? { Mounts: rest } : {}),
  };
}

/** What a replacement takes over: volumes nobody named, found by the path they are mounted on. */
function inheritedMounts(service: Service, context: MountContext): Map<string, Mount> {
  const anonymous = new Set(
    (service.volumes ?? []).filter(({ source = '' }) => source === '').map(({ target }) => target),
  );
  const taken = context.inherited.filter(
    ({ type, target }) =>
      type !== 'tmpfs' && (context.imageVolumes.includes(target) || anonymous.has(target)),
  );
  return new Map(
    taken.map(({ type, source, target, readOnly }) => [
      target,
      { Type: type, Source: source, Target: target, ...(readOnly ? { ReadOnly: true } : {}) },
    ]),
  );
}

function toMount(volume: ServiceVolume, { project, apiVersion }: MountContext): Mount {
  const source = volume.source ?? '';
  if (volume.type === 'image' && !apiAtLeast(apiVersion, '1.48')) {
    throw new EngineError(
      'unsupported',
      'volume with type=image require Docker Engine v28 or later',
      { resource: `mount ${volume.target ?? ''}` },
    );
  }
  return compact({
    Type: volume.type,
    Source:
      volume.type === 'volume' ? (project.volumes[source]?.name ?? source) : source || undefined,
    Target: volume.target ?? '',
    ReadOnly: volume.read_only,
    Consistency: volume.consistency,
    ...mountOptions(volume),
  }) as unknown as Mount;
}

function mountOptions(volume: ServiceVolume): Record<string, unknown> {
  switch (volume.type) {
    case 'bind':
      return { BindOptions: volume.bind === undefined ? undefined : bindOptions(volume.bind) };
    case 'volume': {
      const { nocopy, labels, subpath } = volume.volume ?? {};
      const options = compact({ NoCopy: nocopy, Labels: labels, Subpath: subpath });
      return { VolumeOptions: volume.volume === undefined ? undefined : options };
    }
    case 'tmpfs': {
      const { size, mode } = volume.tmpfs ?? {};
      const options = compact({ SizeBytes: size, Mode: mode });
      return { TmpfsOptions: volume.tmpfs === undefined ? undefined : options };
    }
    case 'image': {
      const options = compact({ Subpath: volume.image?.subpath });
      return { ImageOptions: volume.image === undefined ? undefined : options };
    }
    case 'npipe':
    case 'cluster':
      return {};
  }
}

function bindOptions(bind: NonNullable<ServiceVolume['bind']>): object {
  return compact({
    Propagation: bind.propagation,
    CreateMountpoint: bind.create_host_path === false ? undefined : true,
    NonRecursive: bind.recursive === 'disabled' ? true : undefined,
    ReadOnlyNonRecursive: bind.recursive === 'writable' ? true : undefined,
    ReadOnlyForceRecursive: bind.recursive === 'readonly' ? true : undefined,
  });
}

function fileMount({ kind, object, target }: ContainerFile): Mount {
  const unsupported =
    object.external === true
      ? `unsupported external ${kind} ${object.name ?? ''}`
      : object.driver !== undefined
        ? `${kind}s.*.driver is not supported`
        : object.template_driver !== undefined
          ? `${kind}s.*.template_driver is not supported`
          : undefined;
  if (unsupported !== undefined) throw new EngineError('unsupported', unsupported);
  return {
    Type: 'bind',
    Source: object.file ?? '',
    Target: target,
    ReadOnly: true,
    // A secret that is missing must fail, not become an empty directory.
    ...(kind === 'secret' ? { BindOptions: {} } : {}),
  };
}

/** The mount in the short form of `Binds`, or undefined where that cannot express it. */
function toBind(
  mount: Mount,
  volume: ServiceVolume | undefined,
  project: Project,
): string | undefined {
  if (volume === undefined) return undefined;
  if (mount.Type === 'bind') {
    const { create_host_path, propagation, recursive } = volume.bind ?? {};
    const simple = create_host_path !== false && !propagation && !recursive;
    return simple ? bindText(mount.Source ?? '', volume) : undefined;
  }
  if (mount.Type !== 'volume' || !isNamed(mount.Source ?? '', project)) return undefined;
  const { labels, subpath, nocopy } = volume.volume ?? {};
  const simple = Object.keys(labels ?? {}).length === 0 && !subpath && nocopy !== true;
  return simple ? bindText(mount.Source ?? '', volume) : undefined;
}

function isNamed(name: string, project: Project): boolean {
  return Object.values(project.volumes).some((volume) => volume.name === name);
}

function bindText(source: string, volume: ServiceVolume): string {
  const options = [
    volume.read_only === true ? 'ro' : 'rw',
    volume.bind?.selinux,
    volume.bind?.propagation,
    volume.volume?.nocopy === true ? 'nocopy' : undefined,
  ];
  return `${source}:${volume.target ?? ''}:${options.filter(Boolean).join(',')}`;
}
