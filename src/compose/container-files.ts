import type { FileObject, FileReference, Project, Service } from './model.ts';

/** A config or a secret, as one service sees it. */
export interface ContainerFile {
  readonly kind: 'config' | 'secret';
  readonly reference: FileReference;
  readonly object: FileObject;
  /** Absolute path in the container. */
  readonly target: string;
  /**
   * `bind`: a file of the host is mounted read-only. `copy`: the content is written into the
   * container before it starts, with the owner and mode that were asked for.
   */
  readonly delivery: 'bind' | 'copy';
}

const DIRECTORY = { config: '/', secret: '/run/secrets/' } as const;

/**
 * Configs and secrets of a service in the order they are listed, secrets first. A file whose owner
 * or mode is asked for is copied, since a mount would show those of the host; in a read-only
 * container that cannot be done and it is mounted all the same. A file that the engine's host does not have is always
 * copied.
 */
export function containerFiles(project: Project, service: Service): readonly ContainerFile[] {
  return [
    ...filesOf('secret', service.secrets ?? [], project, service),
    ...filesOf('config', service.configs ?? [], project, service),
  ];
}

function filesOf(
  kind: ContainerFile['kind'],
  references: readonly FileReference[],
  project: Project,
  service: Service,
): readonly ContainerFile[] {
  const objects = project[`${kind}s`];
  return references.map((reference) => {
    const source = reference.source ?? '';
    const object = objects[source] ?? {};
    const { target = '', uid, gid, mode } = reference;
    const inline = isSet(object.content) || isSet(object.environment);
    const unseen = project.unseenFiles?.has(object.file ?? '') === true;
    const owned = isSet(uid) || isSet(gid) || mode !== undefined;
    return {
      kind,
      reference,
      object,
      target: target.startsWith('/') ? target : DIRECTORY[kind] + (target === '' ? source : target),
      delivery: inline || unseen || (owned && service.read_only !== true) ? 'copy' : 'bind',
    };
  });
}

function isSet(text: string | undefined): boolean {
  return text !== undefined && text !== '';
}
