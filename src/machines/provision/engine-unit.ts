import { fail, ok, type Result } from '../../foundation/result.ts';
import { engineCommand, type UnitTexts } from './engine-command.ts';

const folder = '/etc/systemd/system/docker.service.d';

/** Drop-in that names the file with the environment of the engine. */
export const ENV_DROP_IN = `${folder}/20-tcompose-env.conf`;
/** The environment itself, for root alone: anybody on the host can ask systemd what a unit says. */
export const ENV_FILE = '/etc/docker/tcompose.env';
export const ENV_DROP_IN_TEXT = `[Service]\nEnvironmentFile=${ENV_FILE}\n`;
/** Drop-in that makes the engine listen with TLS. */
export const TLS_DROP_IN = `${folder}/30-tcompose-tls.conf`;
/** Where certificates lie on the host. */
export const TLS_FOLDER = '/etc/docker/tls';

/** Text of the file with variables, `NAME=VALUE` each; fails with a sentence for what is none. */
export function envFile(variables: readonly string[]): Result<string, string> {
  const lines: string[] = [];
  for (const variable of variables) {
    const [name = ''] = variable.split('=');
    if (!/^[A-Za-z_]\w*=/.test(variable)) {
      return fail(`engine environment "${name}": it has to be NAME=VALUE`);
    }
    if (/[\n\r\0]/.test(variable)) return fail(`engine environment ${name}: it has to be one line`);
    const value = variable.slice(name.length + 1).replace(/[\\"$`]/g, '\\$&');
    lines.push(`${name}="${value}"`);
  }
  return ok(`${lines.join('\n')}\n`);
}

/** The drop-in as tcompose wrote it before the variables had a file of their own. */
export function earlierEnvDropIn(variables: readonly string[]): string {
  const lines = variables.map(
    (variable) => `Environment="${variable.replace(/[\\"]/g, '\\$&').replaceAll('%', '%%')}"`,
  );
  return `[Service]\n${lines.join('\n')}\n`;
}

/**
 * Text of the drop-in that has the engine listen on a port with TLS, besides its sockets. It repeats the command of
 * the package's unit, wherever that has dockerd, so that the port is never open without the flags that protect it.
 */
export function tlsDropIn(facts: UnitTexts, port: number): Result<string, string> {
  const command = engineCommand(facts, [TLS_DROP_IN]);
  if (command === undefined) return fail('its unit docker.service has no single ExecStart');
  const { path, text, flags } = command;
  const conflict = flags.find(
    ({ name, value = '' }) =>
      name.startsWith('tls') || (name === 'host' && value.startsWith('tcp:')),
  );
  if (conflict !== undefined) {
    return fail(`its unit already says ${conflict.raw} (${path}); take that out first`);
  }
  const added = [
    `-H tcp://0.0.0.0:${port}`,
    '--tlsverify',
    `--tlscacert=${TLS_FOLDER}/ca.pem`,
    `--tlscert=${TLS_FOLDER}/server.pem`,
    `--tlskey=${TLS_FOLDER}/server-key.pem`,
  ];
  // Without any -H dockerd would listen on nothing but the port.
  if (!flags.some(({ name }) => name === 'host')) added.unshift('-H unix:///var/run/docker.sock');
  return ok(`[Service]\nExecStart=\nExecStart=${text} ${added.join(' ')}\n`);
}
