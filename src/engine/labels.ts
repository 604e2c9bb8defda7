import { LABEL } from '../compose/labels.ts';
import type { Project, Service, StringMap } from '../compose/model.ts';

export { LABEL };

/** What a container's labels say besides the service's own. */
export interface ContainerLabelFacts {
  /** Value of the version label. */
  readonly version: string;
  readonly configHash: string;
  /** 0 for one-offs, which are not numbered. */
  readonly number: number;
  /** Present for one-offs: identifies the run. */
  readonly slug?: string;
  /** What identifies the image, where it is known. */
  readonly image?: string;
  /** Mount target → content digest of the image that is mounted there. */
  readonly imageVolumes?: StringMap;
  /** Set on a replacement: what it stands in for. */
  readonly replaces?: boolean;
}

/** Labels of a container: the service's own, overridden by those that find it again. */
export function containerLabels(
  project: Project,
  service: Service,
  facts: ContainerLabelFacts,
): Record<string, string> {
  const dependencies = Object.entries(service.depends_on ?? {})
    .filter(([name]) => project.services[name] !== undefined)
    .map(([name, { condition, restart }]) => `${name}:${condition}:${restart === true}`);
  const imageVolumes = Object.entries(facts.imageVolumes ?? {}).map(
    ([target, digest]) => `${target}=${digest}`,
  );
  return {
    ...service.labels,
    [LABEL.project]: project.name,
    [LABEL.service]: service.name,
    [LABEL.version]: facts.version,
    [LABEL.workingDir]: project.workingDir,
    [LABEL.configFiles]: project.composeFiles.join(','),
    [LABEL.oneOff]: facts.slug === undefined ? 'False' : 'True',
    ...(project.envFiles.length > 0 ? { [LABEL.environmentFile]: project.envFiles.join(',') } : {}),
    ...(facts.image === undefined ? {} : { [LABEL.image]: facts.image }),
    ...(imageVolumes.length > 0 ? { [LABEL.imageVolumes]: imageVolumes.sort().join(',') } : {}),
    ...(facts.slug === undefined ? {} : { [LABEL.slug]: facts.slug }),
    ...(facts.replaces === true
      ? { [LABEL.replace]: service.container_name ?? `${service.name}-${facts.number}` }
      : {}),
    [LABEL.configHash]: facts.configHash,
    ...(facts.number > 0 ? { [LABEL.number]: String(facts.number) } : {}),
    [LABEL.dependsOn]: dependencies.join(','),
  };
}

/** Labels of a network or volume: its own, overridden by those that find it again. */
export function resourceLabels(
  own: StringMap | undefined,
  facts: {
    readonly project: string;
    readonly kind: 'network' | 'volume';
    readonly key: string;
    readonly version: string;
    readonly configHash: string;
  },
): Record<string, string> {
  return {
    ...own,
    [LABEL[facts.kind]]: facts.key,
    [LABEL.project]: facts.project,
    [LABEL.version]: facts.version,
    [LABEL.configHash]: facts.configHash,
  };
}
