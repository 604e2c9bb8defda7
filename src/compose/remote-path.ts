const gitHost =
  /^(?:git@|(?:git|ssh):\/\/|github\.com\/|https?:\/\/(?:[^/]*\/)*[^/#]+\.git(?:#|$)|https?:\/\/github\.com\/)/;

/** Whether a Compose file is named by a reference that must be fetched first (OCI artifact, git). */
export function isRemotePath(path: string): boolean {
  return path.startsWith('oci://') || gitHost.test(path);
}
