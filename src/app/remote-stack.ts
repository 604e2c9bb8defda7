import type { Project } from '../compose/model.ts';
import { isRemotePath } from '../compose/remote-path.ts';
import { listVariables } from '../compose/variables.ts';
import { formatTable } from '../output/table.ts';
import { confirmAll } from './confirm.ts';
import { CommandFailure } from './failure.ts';
import type { GlobalOptions } from './global-options.ts';
import { openTree } from './load-project.ts';
import { progressMode } from './progress.ts';
import type { Session } from './session.ts';

/**
 * Before containers are made of a project that was fetched: where it lies, which remote files it
 * includes, and which variables it takes from here. Asks about the last two, as Compose does.
 *
 * @throws CommandFailure when somebody would rather not
 */
export async function announceRemote(
  session: Session,
  global: GlobalOptions,
  {
    project,
    assumeYes,
  }: { readonly project: Pick<Project, 'workingDir'>; readonly assumeYes: boolean },
): Promise<void> {
  const [main] = global.files;
  if (main === undefined || !isRemotePath(main)) return;
  const included = [...(session.remoteFiles?.keys() ?? [])].filter(
    (reference) => !global.files.includes(reference),
  );
  if (included.length > 0 && !assumeYes) await confirmIncluded(session, included);
  const mode = progressMode(session, global);
  if (mode !== 'quiet' && mode !== 'json') {
    const [stack, place] = [main, project.workingDir].map((text) => JSON.stringify(text));
    session.stdout.write(`Your compose stack ${stack} is stored in ${place}\n`);
  }
  if (!assumeYes) await confirmVariables(session, global);
}

async function confirmIncluded(session: Session, included: readonly string[]): Promise<void> {
  const { stdout } = session;
  stdout.write('\nWarning: This Compose project includes files from remote sources:\n');
  for (const reference of included) stdout.write(`  - ${reference}\n`);
  stdout.write(
    '\nRemote includes could potentially be malicious. Make sure you trust the source.\n',
  );
  await confirmOrStop(session, 'Do you want to continue?', false);
}

async function confirmVariables(session: Session, global: GlobalOptions): Promise<void> {
  const { tree } = await openTree(session, global, { skipInterpolation: true });
  const rows = listVariables(tree).map(({ name, required, defaultValue }) => {
    const given = session.env[name];
    const [value, source] =
      given !== undefined
        ? [given, 'environment']
        : defaultValue === ''
          ? ['<unset>', 'none']
          : [defaultValue, 'compose file'];
    return [name, value, source, required ? 'yes' : 'no', defaultValue];
  });
  if (rows.length === 0) return;
  const heading = ['VARIABLE', 'VALUE', 'SOURCE', 'REQUIRED', 'DEFAULT'];
  session.stdout.write('\nFound the following variables in configuration:\n');
  session.stdout.write(formatTable([heading, ...rows], { minWidth: 0, padding: 3 }));
  await confirmOrStop(session, '\nDo you want to proceed with these variables?', true);
}

async function confirmOrStop(
  session: Session,
  question: string,
  byDefault: boolean,
): Promise<void> {
  const choices = byDefault ? '[Y/n]:' : '[y/N]:';
  const asking = { stream: session.stdout, choices, byDefault };
  if (await confirmAll(session, [question], asking)) return;
  throw new CommandFailure(
    'operation cancelled by user',
    '"up --yes" does not ask, e.g. where nobody can answer',
  );
}
