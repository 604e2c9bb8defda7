import { pack, type Header } from 'tar-stream';
import { containerFiles, type ContainerFile } from '../../compose/container-files.ts';
import type { Project } from '../../compose/model.ts';
import { EngineError, messageOf } from '../errors.ts';
import { serviceOf, type Executor, type StepContext } from './context.ts';

const DEFAULT_MODE = 0o444;

/**
 * Writes the configs and secrets that are not mounted into a container that does not run yet, all
 * of them as one archive.
 */
export const writeFiles: Executor<'write-files'> = async (action, context) => {
  const service = serviceOf(context, action.service);
  const files = containerFiles(context.project, service).filter(({ target }) =>
    action.targets.includes(target),
  );
  const contents = await Promise.all(
    files.map(async (file) => ({ file, content: await contentOf(file, context) })),
  );
  // An empty value writes nothing, as in the reference; a file that would be mounted is there also when it is empty.
  const written = contents.filter(
    ({ file, content }) =>
      content.length > 0 || context.project.unseenFiles?.has(file.object.file ?? '') === true,
  );
  const [first] = written;
  if (first === undefined) return undefined;
  if (service.read_only === true) {
    const { kind, object, reference } = first.file;
    throw new EngineError(
      'invalid',
      `cannot create ${kind} "${object.name ?? reference.source ?? ''}" in read-only service ${service.name}: \`file\` is the sole supported option`,
      { resource: `service ${service.name}` },
    );
  }
  const { id, name } = context.resolve(action.container);
  await context.client.send(
    {
      method: 'PUT',
      path: `/containers/${id}/archive`,
      // Not copyUIDGID: it would give all files to the image's user, and engine 20.10 looks for that
      // user among the host's.
      query: { path: '/', noOverwriteDirNonDir: true },
      archive: await archive(written),
      resource: `container ${name}`,
    },
    context.signal,
  );
  return undefined;
};

async function contentOf(file: ContainerFile, context: StepContext): Promise<Uint8Array> {
  const { object, kind, reference } = file;
  const name = object.name ?? reference.source ?? '';
  if (object.content) return Buffer.from(object.content);
  if (object.environment) return fromEnvironment(object.environment, kind, name, context.project);
  try {
    return await context.readFile(object.file ?? '');
  } catch (cause) {
    throw new EngineError(
      'invalid',
      `cannot read the file of ${kind} "${name}": ${messageOf(cause)}`,
      { cause },
    );
  }
}

function fromEnvironment(
  variable: string,
  kind: string,
  name: string,
  project: Project,
): Uint8Array {
  const value = project.environment[variable];
  if (value === undefined) {
    throw new EngineError(
      'invalid',
      `environment variable "${variable}" required by ${kind} "${name}" is not set`,
      { hint: `Set it where the command runs or in the .env file: ${variable}=…` },
    );
  }
  return Buffer.from(value);
}

/** A tar archive with one regular file per entry, paths relative to the root. */
async function archive(
  entries: readonly { readonly file: ContainerFile; readonly content: Uint8Array }[],
): Promise<Buffer> {
  const tar = pack();
  for (const { file, content } of entries) tar.entry(header(file), Buffer.from(content));
  tar.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of tar) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

function header({
  kind,
  reference,
  object,
  target,
}: ContainerFile): Partial<Header> & { name: string } {
  const number = (text: string | undefined, what: string): number => {
    if (text === undefined || text === '') return 0;
    if (/^\d+$/.test(text)) return Number(text);
    throw new EngineError(
      'invalid',
      `${kind} "${object.name ?? reference.source ?? ''}": ${what} "${text}" is not a number`,
    );
  };
  return {
    name: target.replace(/^\/+/, ''),
    mode: reference.mode ?? DEFAULT_MODE,
    uid: number(reference.uid, 'uid'),
    gid: number(reference.gid, 'gid'),
    mtime: new Date(),
    type: 'file',
  };
}
