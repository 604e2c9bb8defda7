/** The Docker Compose whose command line, files and labels tcompose follows. */
export const COMPOSE_VERSION = '5.5.0';

/** The last Docker Machine, whose command line `machine` follows. */
const MACHINE_VERSION = '0.16.2';

/** Name under which the whole program is its group `machine`. */
export const MACHINE_PROGRAM = 'docker-machine';

/** What users type before a command about machines. */
export function machineProgram(programName: string): string {
  return programName === MACHINE_PROGRAM ? programName : `${programName} machine`;
}

/** What a program says about itself. */
export interface Identity {
  readonly title: string;
  /** Without a leading `v`. */
  readonly version: string;
}

/**
 * Who tcompose is under the name it was called by (`tcompose`, `docker tcompose`, `docker-compose` …).
 * In Compose's place it gives Compose's version first, because scripts refuse versions that are too
 * old for them (docs/decisions/0008).
 */
export function identityOf(programName: string, version: string): Identity {
  if (programName === MACHINE_PROGRAM) {
    return { title: programName, version: `${MACHINE_VERSION}+tcompose.${version}` };
  }
  return /^docker[ -]compose$/.test(programName)
    ? { title: 'Docker Compose', version: `${COMPOSE_VERSION}+tcompose.${version}` }
    : { title: 'tcompose', version };
}

/** Names under which the launcher serves the docker command as a plugin. */
export const PLUGIN_NAMES = ['docker-compose', 'docker-tcompose'] as const;

/** Says in a plugin's metadata whose it is; so that tcompose knows itself under other names. */
export const PLUGIN_VENDOR = 'tcompose';

/** What the docker command asks a plugin for before it uses it, in its field names. */
export function pluginMetadata(name: string, version: string): Readonly<Record<string, string>> {
  return {
    SchemaVersion: '0.1.0',
    Vendor: PLUGIN_VENDOR,
    Version: `v${identityOf(name, version).version}`,
    ShortDescription: 'Run Compose projects on one machine or on many',
  };
}
