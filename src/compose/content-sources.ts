import { containerFiles } from './container-files.ts';
import type { Project, Service } from './model.ts';

/** Which contents count when it is decided whether a container is up to date. */
export type ContentPolicy = 'ignore' | 'configs' | 'files';

/** Something whose content a container of a service gets from outside of the configuration. */
export interface ContentSource {
  /** For causes: `secret token`, `config app`, `file /srv/app/nginx.conf`. */
  readonly label: string;
  readonly origin:
    | { readonly kind: 'text'; readonly text: string }
    /** Absolute path; `any` file of the user may be large, or no file at all. */
    | { readonly kind: 'file'; readonly path: string; readonly any: boolean };
}

/**
 * What a service is given: its configs and secrets with `configs`, with `files` also what it binds
 * from the host. An environment variable that is not set is left out: creating a container says so.
 */
export function contentSources(
  project: Project,
  service: Service,
  policy: ContentPolicy,
): readonly ContentSource[] {
  if (policy === 'ignore') return [];
  const given = containerFiles(project, service).flatMap(
    ({ kind, reference, object }): ContentSource[] => {
      const label = `${kind} ${reference.source ?? ''}`;
      const { content, environment, file } = object;
      if (content) return [{ label, origin: { kind: 'text', text: content } }];
      if (environment) {
        const text = project.environment[environment];
        return text === undefined ? [] : [{ label, origin: { kind: 'text', text } }];
      }
      return file ? [{ label, origin: { kind: 'file', path: file, any: false } }] : [];
    },
  );
  return policy === 'configs' ? given : [...given, ...boundFiles(service)];
}

function boundFiles({ volumes = [] }: Service): readonly ContentSource[] {
  return volumes
    .filter(({ type, source }) => type === 'bind' && source !== undefined)
    .map(({ source = '' }) => ({
      label: `file ${source}`,
      origin: { kind: 'file', path: source, any: true },
    }));
}
