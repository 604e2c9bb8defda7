import { parseGitReference } from './git-reference.ts';

/** What names of Compose files in OCI artifacts begin with. */
export const OCI_PREFIX = 'oci://';

/** Whether a Compose file is named by a reference that must be fetched first (OCI artifact, git). */
export function isRemotePath(path: string): boolean {
  return path.startsWith(OCI_PREFIX) || parseGitReference(path) !== undefined;
}
