import { vizGraph, type VizOptions } from '../output/viz.ts';
import { CommandFailure } from './failure.ts';
import type { GlobalOptions } from './global-options.ts';
import { openProject } from './load-project.ts';
import type { Session } from './session.ts';

export interface VizRequest extends Omit<VizOptions, 'indentation'> {
  readonly indentationSize: number;
  /** False: tabs. */
  readonly spaces: boolean;
}

/** `alpha viz`: prints the project as a graph for graphviz. */
export async function viz(
  session: Session,
  global: GlobalOptions,
  request: VizRequest,
): Promise<number> {
  const { indentationSize: size, spaces } = request;
  if (size < 0) throw new CommandFailure(`invalid indentation size: ${size}`);
  session.stderr.write('viz command is EXPERIMENTAL\n');
  const { project } = await openProject(session, global);
  const indentation = (spaces ? ' ' : '\t').repeat(size);
  session.stdout.write(`${vizGraph(project, { ...request, indentation })}\n`);
  return 0;
}
