import type { FileAccess } from '../compose/files.ts';
import type { Project } from '../compose/model.ts';
import { findNamedSecrets, findSecrets, type SensitiveFinding } from '../compose/sensitive.ts';
import { byBytes } from '../compose/byte-order.ts';
import { CommandFailure } from './failure.ts';
import type { Publication } from './publish-files.ts';

/** Refuses projects that nobody could run from what is published. */
export function checkImages(project: Project): void {
  const unnamed = Object.values(project.services)
    .filter(({ image, build }) => (image ?? '') === '' && build !== undefined)
    .map(({ name }) => name)
    .toSorted(byBytes);
  if (unnamed.length === 0) return;
  const list = unnamed.map((name) => `- ${JSON.stringify(name)}\n`).join('');
  throw new CommandFailure(
    `your Compose stack cannot be published as it only contains a build section for service(s):\n${list}`,
    'give these services an `image:` to build, which is pushed along',
  );
}

/** What must be asked before anything leaves this machine, one question each; words of Compose. */
export function questionsFor(
  project: Project,
  publication: Publication,
  { access, withEnv }: { readonly access: FileAccess; readonly withEnv: boolean },
): string[] {
  return [
    bindMounts(project),
    sensitiveData(project, publication, access),
    withEnv ? undefined : environment(publication),
    configContents(publication),
  ].filter((question) => question !== undefined);
}

function bindMounts(project: Project): string | undefined {
  const lines = Object.values(project.services)
    .toSorted((left, right) => byBytes(left.name, right.name))
    .flatMap(({ name, volumes = [] }) =>
      volumes
        .filter(({ type }) => type === 'bind')
        .map(({ source = '', target = '', read_only }) => {
          const mode = read_only === true ? 'ro' : 'rw';
          return `  ${name}: ${source}:${target}:${mode}`;
        }),
    );
  return question(
    [
      'you are about to publish bind mounts declaration within your OCI artifact.',
      'only the bind mount declarations will be added to the OCI artifact (not content)',
      "please double check that you are not mounting potential user's sensitive directories or data",
    ],
    lines,
    'Are you ok to publish these bind mount declarations?',
  );
}

/** Values are not shown: this may be a log that others read. */
function sensitiveData(
  project: Project,
  { files, extended, envFiles }: Publication,
  access: FileAccess,
): string | undefined {
  const lines: string[] = [];
  const add = (path: string, findings: readonly SensitiveFinding[]): void => {
    for (const { line, kind, name } of findings) {
      lines.push(`  ${path}:${line}: ${name === undefined ? kind : `${name} (${kind})`}`);
    }
  };
  for (const { file } of [...files, ...extended]) add(file.path, findSecrets(file.text));
  for (const { path, content } of envFiles) {
    add(path, findNamedSecrets(Buffer.from(content).toString('utf8')));
  }
  const sources = [...Object.values(project.configs), ...Object.values(project.secrets)];
  for (const path of new Set(sources.flatMap(({ file }) => file ?? []))) {
    const read = access.read(path);
    if (read.ok) add(path, findNamedSecrets(Buffer.from(read.bytes).toString('utf8')));
  }
  return question(
    [
      'you are about to publish sensitive data within your OCI artifact.',
      'please double check that you are not leaking sensitive data',
    ],
    lines,
    'Are you ok to publish these sensitive data?',
  );
}

function environment({ files, extended }: Publication): string | undefined {
  const all = [...files, ...extended];
  const withFiles = new Set(
    all.flatMap(({ uses }) =>
      uses.filter(({ kind }) => kind === 'env_file').map(({ service }) => service),
    ),
  );
  const literals = new Map<string, Set<string>>();
  for (const [service, names] of all.flatMap((file) => [...file.literals])) {
    literals.set(service, new Set([...(literals.get(service) ?? []), ...names]));
  }
  const services = [...new Set([...withFiles, ...literals.keys()])].toSorted(byBytes);
  const lines = services.flatMap((service) => {
    const names = [...(literals.get(service) ?? [])].toSorted(byBytes);
    const intro = `  service ${JSON.stringify(service)}:`;
    return [
      ...(withFiles.has(service) ? [`${intro} env_file declared`] : []),
      ...(names.length === 0
        ? []
        : [`${intro} literal value for ${names.map((name) => JSON.stringify(name)).join(', ')}`]),
    ];
  });
  return question(
    [
      'you are about to publish env-related declarations within your OCI artifact.',
      'literal values for sensitive-looking names become part of what is published;',
      'interpolated values like "${VAR}" do not, and are not listed.',
    ],
    [
      ...lines,
      ...(lines.length === 0 ? [] : ['Use --with-env to publish them without a question.']),
    ],
    'Are you ok to publish these env declarations?',
  );
}

function configContents({ files, extended }: Publication): string | undefined {
  const names = new Set([...files, ...extended].flatMap(({ literalConfigs }) => literalConfigs));
  return question(
    ['you are about to publish literal inline config content within your OCI artifact.'],
    [...names].toSorted(byBytes).map((name) => `  config ${JSON.stringify(name)}`),
    'Are you ok to publish these config contents?',
  );
}

function question(
  intro: readonly string[],
  found: readonly string[],
  asked: string,
): string | undefined {
  return found.length === 0 ? undefined : [...intro, ...found, asked].join('\n');
}
