import { join } from 'node:path';

/** What decides where plugins of the docker command are. */
export interface PluginSources {
  /** Directory of the docker client's configuration. */
  readonly configDir: string;
  /** `cliPluginsExtraDirs` of the configuration. */
  readonly extraDirs: readonly string[];
}

/** Where plugins are that an administrator installs. */
export const LOCAL_PLUGINS = '/usr/local/lib/docker/cli-plugins';

const SYSTEM_PLUGINS = [
  LOCAL_PLUGINS,
  '/usr/local/libexec/docker/cli-plugins',
  '/usr/lib/docker/cli-plugins',
  '/usr/libexec/docker/cli-plugins',
];

/** Where the docker command looks for plugins; the first hit counts. */
export function pluginDirectories({ configDir, extraDirs }: PluginSources): readonly string[] {
  return [...extraDirs, userPlugins(configDir), ...SYSTEM_PLUGINS];
}

/** Where plugins are that a user installs. */
export function userPlugins(configDir: string): string {
  return join(configDir, 'cli-plugins');
}
