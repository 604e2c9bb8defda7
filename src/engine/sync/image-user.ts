import { extract } from 'tar-stream';
import type { EngineClient } from '../client.ts';
import { isEngineError } from '../errors.ts';
import type { PeerContainer } from '../service-references.ts';
import type { Owner } from './sync-archive.ts';

/**
 * The user that a container runs as, for engines that cannot give copies to it: before API 1.48 they
 * looked for its name among the users of the host. Undefined when the container sets none.
 */
export async function imageUser(
  client: EngineClient,
  { id, name }: PeerContainer,
  signal: AbortSignal,
): Promise<Owner | undefined> {
  const resource = `container ${name}`;
  const { Config: config } = await client.send<{ Config: { User?: string } }>(
    { method: 'GET', path: `/containers/${id}/json`, resource },
    signal,
  );
  const user = config.User ?? '';
  if (user === '') return undefined;
  const [passwd, group] = await Promise.all(
    ['/etc/passwd', '/etc/group'].map((path) => readContainerFile(client, { id, path }, signal)),
  );
  return findOwner(user, passwd ?? '', group ?? '');
}

/** Reads `user[:group]`, either as name or number, against the texts of passwd and group. */
export function findOwner(user: string, passwd: string, group: string): Owner {
  const [userName = '', groupName = ''] = user.split(':');
  const entry = findLine(passwd, userName);
  const uid = Number(entry?.[2] ?? (/^\d+$/.test(userName) ? userName : 0));
  const ownGroup = Number(entry?.[3] ?? 0);
  if (groupName === '') return { uid, gid: ownGroup };
  const gid = findLine(group, groupName)?.[2] ?? (/^\d+$/.test(groupName) ? groupName : ownGroup);
  return { uid, gid: Number(gid) };
}

function findLine(text: string, nameOrId: string): readonly string[] | undefined {
  const lines = text.split('\n').map((line) => line.split(':'));
  return lines.find(([name]) => name === nameOrId) ?? lines.find(([, , id]) => id === nameOrId);
}

async function readContainerFile(
  client: EngineClient,
  { id, path }: { readonly id: string; readonly path: string },
  signal: AbortSignal,
): Promise<string> {
  try {
    const stream = await client.open(
      { method: 'GET', path: `/containers/${id}/archive`, query: { path } },
      signal,
    );
    const archive = extract();
    stream.pipe(archive);
    let text = '';
    for await (const entry of archive) {
      for await (const chunk of entry) text += (chunk as Buffer).toString('utf8');
    }
    return text;
  } catch (error) {
    if (isEngineError(error, 'not-found')) return '';
    throw error;
  }
}
