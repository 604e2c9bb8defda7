import { join } from 'node:path';
import type { MachineFolder } from '../../machines/store/machine-store.ts';
import { readIfThere, replaceFile } from '../../machines/store/store-files.ts';

/** The files of a machine's folder, for those who work on it while somebody else holds its lock. */
export function folderFiles(path: string): Pick<MachineFolder, 'readFile' | 'writeFile'> {
  return {
    readFile: (name) => readIfThere(join(path, name)),
    writeFile: (name, text) => replaceFile(join(path, name), text),
  };
}
