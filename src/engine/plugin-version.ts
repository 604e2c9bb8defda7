import { spawn } from 'node:child_process';

type Environment = Readonly<Record<string, string | undefined>>;

/** Version of a plugin of the docker command (`0.29.1`); undefined: it does not tell. */
export async function pluginVersion(path: string, env: Environment): Promise<string | undefined> {
  try {
    const { Version: version } = JSON.parse(await metadata(path, env)) as { Version?: string };
    return /\d+\.\d+(?:\.\d+)?/.exec(version ?? '')?.[0];
  } catch {
    return undefined;
  }
}

/** Whether a version (`1.0.6`) is at least another one; parts that are missing count as 0. */
export function isAtLeast(version: string, minimum: readonly number[]): boolean {
  const parts = version.split('.').map(Number);
  for (const [index, wanted] of minimum.entries()) {
    const part = parts[index] ?? 0;
    if (part !== wanted) return part > wanted;
  }
  return true;
}

function metadata(path: string, env: Environment): Promise<string> {
  return new Promise((resolve) => {
    const child = spawn(path, ['docker-cli-plugin-metadata'], {
      env,
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    let text = '';
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
    });
    child.on('error', () => resolve(''));
    child.on('close', () => resolve(text));
  });
}
