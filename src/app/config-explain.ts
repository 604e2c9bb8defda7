import { explainPath, formatExplanation } from '../compose/explain.ts';
import { explainVariable, formatVariable } from '../compose/explain-variable.ts';
import { CommandFailure } from './failure.ts';
import { localFiles } from './file-access.ts';
import type { GlobalOptions } from './global-options.ts';
import { definedOnly, openProject } from './load-project.ts';
import type { Session } from './session.ts';

/**
 * Tells where the value at a path of the project (`services.web.ports[0]`), or of a variable
 * (`TAG`), comes from: what decided, and what lost.
 *
 * @throws CommandFailure when there is neither
 */
export async function explain(
  session: Session,
  global: GlobalOptions,
  subject: string,
): Promise<string> {
  const { project, tree, options } = await openProject(session, global, { envFiles: 'none' });
  const found = explainPath(tree, subject, project.environment);
  if (found.ok) return lines(formatExplanation(found.value));
  if (/^[A-Za-z_]\w*$/.test(subject)) {
    const process = definedOnly(session.env);
    const sources = explainVariable(subject, options, process, localFiles(session.env));
    if (sources.length > 0) return lines(formatVariable(subject, sources));
  }
  throw new CommandFailure(found.error.message, found.error.hint);
}

function lines(text: readonly string[]): string {
  return text.map((line) => `${line}\n`).join('');
}
