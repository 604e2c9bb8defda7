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
 * container that cannot be done and it is mounted all the same.
 */
export function containerFiles(project: Project, service: Service): readonly ContainerFile[] {
  return [...filesOf('secret', project, service), ...filesOf('config', project, service)];
}

function filesOf(
  kind: ContainerFile['kind'],
  project: Project,
  service: Service,
): readonly ContainerFile[] {
  const key = `${kind}s` as const;
  const objects = project[key];
  const references = service[key] ?? [];
  return references.map((reference) => {
    const source = reference.source ?? '';
    const object = objects[source] ?? {};
    const { target = '', uid, gid, mode } = reference;
    const inline = isSet(object.content) || isSet(object.environment);
    const owned = isSet(uid) || isSet(gid) || mode !== undefined;
    const unseen = project.unseenFiles?.has(object.file ?? '') === true;
    const copied = unseen || (owned && service.read_only !== true);
    return {
      kind,
      reference,
      object,
      target: target.startsWith('/') ? target : DIRECTORY[kind] + (target === '' ? source : target),
      delivery: inline || copied ? 'copy' : 'bind',
    };
  });
}

function isSet(text: string | undefined): boolean {
  return text !== undefined && text !== '';
}
