import type { Project } from '../compose/model.ts';
import { renderYaml } from '../compose/render.ts';
import { parseImageReference, type ImageReference } from '../engine/pull/image-reference.ts';
import { pushImages } from '../engine/pull/push.ts';
import { selectPushes, type PushSelection } from '../engine/pull/push-selection.ts';
import type { ArtifactFile, OciVersion } from '../remote/make-artifact.ts';
import { fullName } from '../remote/oci.ts';
import { publishArtifact } from '../remote/publish.ts';
import { RemoteError } from '../remote/remote-error.ts';
import { confirmAll } from './confirm.ts';
import { CommandFailure } from './failure.ts';
import { localFiles } from './file-access.ts';
import type { GlobalOptions } from './global-options.ts';
import { COMPOSE_VERSION } from './identity.ts';
import { imagesOnly, withDigests } from './image-digests.ts';
import { imagesAtOnce, registryAuth } from './image-work.ts';
import { openProject } from './load-project.ts';
import { withOperation } from './operation.ts';
import { createReporter } from './progress.ts';
import { checkImages, questionsFor } from './publish-checks.ts';
import { artifactFiles, readPublication, type Publication } from './publish-files.ts';
import type { Session } from './session.ts';

export interface PublishRequest {
  /** `REPOSITORY[:TAG]` */
  readonly repository: string;
  readonly resolveDigests: boolean;
  /** `1.0`, `1.1`, or empty: what the registry takes. */
  readonly ociVersion: string;
  readonly withEnv: boolean;
  readonly assumeYes: boolean;
  /** Images are copied along. */
  readonly app: boolean;
  readonly insecure: boolean;
  readonly dryRun: boolean;
}

/** Exit code for those who would rather not. */
const REFUSED = 130;

/** `publish`: puts the project into a registry, as an artifact that `-f oci://…` takes. */
export async function publish(
  session: Session,
  global: GlobalOptions,
  request: PublishRequest,
): Promise<number> {
  const target = targetOf(request.repository);
  const oci = ociVersionOf(request.ociVersion);
  const access = localFiles(session.env);
  const { project } = await openProject(session, { ...global, profiles: ['*'] });
  checkImages(project);
  const publication = readPublication(project, access);
  const questions = questionsFor(project, publication, { access, withEnv: request.withEnv });
  if (!request.assumeYes && !(await confirmAll(session, questions))) return REFUSED;
  warnOfEnvFiles(session, publication, request);
  const selection = selectPushes(project);
  if (request.dryRun) return printDryRun(session, { selection, publication, request });
  await pushBuilt(session, global, selection);
  const pinned =
    request.resolveDigests || request.app ? await withDigests(session, global, project) : undefined;
  const files = artifactFiles(publication, request);
  if (pinned !== undefined) files.push(digestsFile(pinned));
  const images = request.app && pinned !== undefined ? imagesOf(pinned) : [];
  await send(session, global, { request, target, files, images, oci });
  return 0;
}

/** @throws CommandFailure for what is no name in a registry */
function targetOf(repository: string): ImageReference {
  const parsed = parseImageReference(repository);
  if (!parsed.ok) throw new CommandFailure(parsed.error, 'e.g. registry.example/team/app:1.0');
  if (parsed.value.digest === undefined) return parsed.value;
  throw new CommandFailure(
    `cannot publish to a digest: ${repository}`,
    'the digest is that of what is published; name a tag',
  );
}

function ociVersionOf(version: string): OciVersion | undefined {
  if (version === '' || version === '1.0' || version === '1.1') return version || undefined;
  throw new CommandFailure(`unsupported OCI version: ${version}`, 'use 1.0 or 1.1');
}

/** Services with such files cannot be run from the artifact. */
function warnOfEnvFiles(
  session: Session,
  { envFiles }: Publication,
  { withEnv, repository }: PublishRequest,
): void {
  if (withEnv || envFiles.length === 0) return;
  const names = envFiles.map(({ path }) => path).join(', ');
  session.stderr.write(
    `warning: ${names} will not be part of ${repository}, which cannot be run without: --with-env takes env files along\n`,
  );
}

function printDryRun(
  session: Session,
  {
    selection,
    publication,
    request,
  }: {
    readonly selection: PushSelection;
    readonly publication: Publication;
    readonly request: PublishRequest;
  },
): number {
  const lines = [
    ...selection.pushes.map(({ image }) => `push image ${image}`),
    ...artifactFiles(publication, request).map(({ role, name }) => `add ${role} file ${name}`),
    ...(request.resolveDigests || request.app ? ['add compose file image-digests.yaml'] : []),
    ...(request.app ? ['copy images of services'] : []),
    `publish ${request.repository}`,
  ];
  session.stdout.write(lines.map((line) => `${line}\n`).join(''));
  return 0;
}

/** Images that are made here have to be where the project is read from; the engine is only needed for them. */
async function pushBuilt(
  session: Session,
  global: GlobalOptions,
  { pushes }: PushSelection,
): Promise<void> {
  if (pushes.length === 0) return;
  await withOperation(session, global, { title: 'publish' }, async (operation) => {
    const options = {
      pushes,
      auth: registryAuth(operation),
      parallel: imagesAtOnce(operation),
      ignoreFailures: true,
    };
    await pushImages(operation.engine.client, options, operation.onEvent, session.signal);
  });
}

/** An override that pins the images. */
function digestsFile(pinned: Project): ArtifactFile {
  const content = Buffer.from(renderYaml(imagesOnly(pinned)));
  return { role: 'compose', name: 'image-digests.yaml', content };
}

function imagesOf(project: Project): ImageReference[] {
  const images = new Set(Object.values(project.services).flatMap(({ image }) => image ?? []));
  return [...images].flatMap((image) => {
    const parsed = parseImageReference(image);
    return parsed.ok ? [parsed.value] : [];
  });
}

async function send(
  session: Session,
  global: GlobalOptions,
  sending: {
    readonly request: PublishRequest;
    readonly target: ImageReference;
    readonly files: readonly ArtifactFile[];
    readonly images: readonly ImageReference[];
    readonly oci: OciVersion | undefined;
  },
): Promise<void> {
  const { request, target, files, images, oci } = sending;
  const reporter = createReporter(session, global, { title: 'publish' });
  const tell = (status: 'working' | 'done' | 'error', text: string): void =>
    reporter.report({ type: 'progress', progress: { id: request.repository, status, text } });
  try {
    tell('working', 'publishing');
    const auth = registryAuth({ session, global, onEvent: (event) => reporter.report(event) });
    await publishArtifact(target, files, {
      credentials: (image) => auth.forImage(image),
      insecure: [...global.insecureRegistries, ...(request.insecure ? [target.domain] : [])],
      signal: session.signal,
      oci,
      images,
      version: COMPOSE_VERSION,
      created: new Date().toISOString().replace(/\.\d+Z$/, 'Z'),
    });
    tell('done', 'published');
  } catch (error) {
    session.signal.throwIfAborted();
    tell('error', 'publishing');
    throw error instanceof RemoteError ? publishFault(target, error) : error;
  } finally {
    reporter.close();
  }
}

function publishFault(target: ImageReference, error: RemoteError): RemoteError {
  const { hint, message } = error;
  const details = { cause: error, ...(hint !== undefined && { hint }) };
  return new RemoteError(`failed to publish ${fullName(target)}: ${message}`, details);
}
