import { resolve } from 'node:path';
import { Readable } from 'node:stream';
import { exportMachines as exportedText } from '../../machines/lifecycle/export.ts';
import { writeAtomically } from '../atomic-file.ts';
import type { Session } from '../session.ts';
import { withMachines } from './context.ts';
import type { MachineOptions } from './options.ts';

/** `machine export`: machines without secrets, in a file or on standard output; no names: all that are finished. */
export function exportMachines(
  session: Session,
  options: MachineOptions,
  { names, output }: { readonly names: readonly string[]; readonly output: string },
): Promise<number> {
  return withMachines(session, options, { title: 'export', quiet: true }, async (context) => {
    const all = (await context.store.list()).flatMap((machine) =>
      'record' in machine && machine.record.phase === 'ready' ? [machine.name] : [],
    );
    const text = await exportedText(context, names.length > 0 ? names : all);
    if (output === '' || output === '-') session.stdout.write(text);
    else await writeAtomically(resolve(session.cwd, output), Readable.from([text]), session.signal);
    return 0;
  });
}
