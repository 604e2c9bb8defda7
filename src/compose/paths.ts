import { isAbsolute, join, parse, posix, sep } from 'node:path';

import type { FileAccess } from './files.ts';
import { nodeAt } from './node.ts';
import type { MapNode, Node } from './node.ts';
import { isWindowsAbsolute } from './path-forms.ts';
import { pathRules } from './path-rules.ts';
import { isString, rewriteTree, stringOf, withEntry } from './tree-edit.ts';

export interface PathOptions {
  /** Absolute; what relative paths start from. */
  readonly workingDir: string;
  readonly files: Pick<FileAccess, 'home' | 'realPath'>;
  /** Whether the file that a service extends is fetched from elsewhere (a repository, an artifact). */
  readonly isRemote?: (path: string) => boolean;
}

type Resolve = (path: string, options: PathOptions) => string;
type Rule = (node: Node, options: PathOptions) => Node;

const at =
  (resolve: Resolve): Rule =>
  (node, options) =>
    withPath(node, resolve, options);

const RULES = pathRules<Rule>({
  'services.*.build.context': at(contextPath),
  'services.*.build.additional_contexts.*': at(contextPath),
  'services.*.build.ssh.*': at(enginePath),
  'services.*.env_file.*.path': at(localPath),
  'services.*.label_file.*': at(localPath),
  'services.*.extends.file': at(extendsPath),
  'services.*.develop.watch.*.path': at(watchedPath),
  'services.*.volumes.*': bindSource,
  'configs.*.file': at(enginePath),
  'secrets.*.file': at(enginePath),
  'volumes.*': localDevice,
});

/**
 * Makes the relative paths of a canonical tree absolute and expands `~`. Absolute paths of Unix and
 * Windows are kept on either, because the engine may run on the other; so are remote build contexts.
 */
export function resolvePaths(tree: MapNode, options: PathOptions): MapNode {
  return rewriteTree(tree, RULES, (rule, node) => rule(node, options));
}

function withPath(node: Node, resolve: Resolve, options: PathOptions): Node {
  if (!isString(node)) return node;
  const path = resolve(node.value, options);
  return path === node.value ? node : { ...node, value: path };
}

function bindSource(volume: Node, options: PathOptions): Node {
  if (volume.kind !== 'map' || stringOf(volume.entries.get('type')?.value) !== 'bind')
    return volume;
  const source = volume.entries.get('source')?.value;
  return source === undefined
    ? volume
    : withEntry(volume, 'source', withPath(source, enginePath, options));
}

/** A volume of the local driver that binds a directory (`o: bind`) names it in `device`. */
function localDevice(volume: Node, options: PathOptions): Node {
  if (volume.kind !== 'map' || stringOf(nodeAt(volume, ['driver'])) !== 'local') return volume;
  const driver = nodeAt(volume, ['driver_opts']);
  const device = nodeAt(volume, ['driver_opts', 'device']);
  if (driver?.kind !== 'map' || device === undefined) return volume;
  if (stringOf(nodeAt(driver, ['o'])) !== 'bind') return volume;
  const opened = withEntry(driver, 'device', withPath(device, enginePath, options));
  return withEntry(volume, 'driver_opts', opened);
}

function expandHome(path: string, { files }: PathOptions): string {
  return path.startsWith('~') && files.home !== '' ? cleanJoin(files.home, path.slice(1)) : path;
}

/** A path of the machine that runs the command. */
function localPath(path: string, options: PathOptions): string {
  const expanded = expandHome(path, options);
  return expanded === '' || isAbsolute(expanded)
    ? expanded
    : cleanJoin(options.workingDir, expanded);
}

/** A path that the engine may see on a machine of another kind. */
function enginePath(path: string, options: PathOptions): string {
  const expanded = expandHome(path, options);
  if (posix.isAbsolute(expanded) || isWindowsAbsolute(expanded) || isAbsolute(expanded)) {
    return expanded;
  }
  return cleanJoin(options.workingDir, expanded);
}

const REMOTE_CONTEXTS = ['https://', 'http://', 'git://', 'ssh://', 'github.com/', 'git@'];

function contextPath(path: string, options: PathOptions): string {
  const isKept =
    path.includes('://') ||
    path.startsWith('service:') ||
    REMOTE_CONTEXTS.some((prefix) => path.startsWith(prefix));
  return isKept ? path : localPath(path, options);
}

function extendsPath(path: string, options: PathOptions): string {
  return options.isRemote?.(path) === true ? path : localPath(path, options);
}

/** The first symbolic link on the way is followed, because changes are reported below its target. */
function watchedPath(path: string, options: PathOptions): string {
  const absolute = localPath(path, options);
  if (!isAbsolute(absolute)) return absolute;
  let current = parse(absolute).root;
  for (const part of absolute.slice(current.length).split(sep)) {
    if (part === '') continue;
    current = join(current, part);
    const real = options.files.realPath(current);
    if (real !== current) return real + absolute.slice(current.length);
  }
  return absolute;
}

function cleanJoin(base: string, path: string): string {
  const joined = join(base, path);
  const { root } = parse(joined);
  return joined.length > root.length && joined.endsWith(sep) ? joined.slice(0, -1) : joined;
}
