import type { Project } from '../../compose/model.ts';

/** One image to push. */
export interface ImagePush {
  readonly image: string;
  /** The first service that it belongs to. */
  readonly service: string;
}

export interface PushSelection {
  readonly pushes: readonly ImagePush[];
  /** Services whose images are not made here, or have no name of their own. */
  readonly skipped: readonly string[];
}

/** What `push` brings to registries: all names of images that are built and have a name, each once. */
export function selectPushes(project: Project): PushSelection {
  const pushes = new Map<string, ImagePush>();
  const skipped: string[] = [];
  for (const { name, image, build } of Object.values(project.services)) {
    if (build === undefined || image === undefined || image === '') {
      skipped.push(name);
      continue;
    }
    for (const tag of [image, ...(build.tags ?? [])]) {
      if (!pushes.has(tag)) pushes.set(tag, { image: tag, service: name });
    }
  }
  return { pushes: [...pushes.values()], skipped };
}
