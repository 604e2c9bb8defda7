import { familiarName } from '../../engine/pull/image-reference.ts';
import type { ImageReference } from '../../engine/pull/image-reference.ts';
import { RemoteError } from '../remote-error.ts';
import type { Answer } from './exchange.ts';

/** What an answer that is none of the expected ones means. */
export function answerFault(
  { status, bytes, headers }: Pick<Answer, 'status' | 'bytes' | 'headers'>,
  reference: ImageReference,
  isWriting: boolean,
): RemoteError {
  const isHub = reference.domain === 'docker.io';
  const registry = isHub ? 'Docker Hub' : reference.domain;
  const name = isHub ? familiarName(reference) : reference.path;
  const said = saidBy(bytes.toString('utf8'));
  const login = isHub ? 'docker login' : `docker login ${registry}`;
  const fault = (message: string, hint: string): RemoteError =>
    new RemoteError(said === undefined ? message : `${message}: ${said}`, { hint, status });
  switch (status) {
    case 401:
    case 403:
      return fault(
        `${registry} does not allow to ${isWriting ? 'write' : 'read'} ${name}`,
        `check the name, and log in with "${login}"${isWriting ? ' as someone who may write there' : ''}`,
      );
    case 404:
      return fault(`${name}: not found`, `${registry} has no such artifact: check name and tag`);
    case 429:
      return fault(
        `${registry} takes no more requests for now`,
        `log in with "${login}", or wait${after(headers)}`,
      );
    default: {
      const hint = status >= 500 ? 'the registry is in trouble: try again later' : undefined;
      const text = said ?? 'no reason given';
      return new RemoteError(`unexpected status ${status} from ${registry}: ${text}`, {
        status,
        ...(hint === undefined ? {} : { hint }),
      });
    }
  }
}

/** The registry's own words (errors of the distribution API), unless it is something else. */
function saidBy(text: string): string | undefined {
  try {
    const { errors } = JSON.parse(text) as { errors?: { code?: unknown; message?: unknown }[] };
    const words = (errors ?? []).map(({ code, message }) => message ?? code);
    const said = words.filter((word) => typeof word === 'string' && word !== '').join('; ');
    return said === '' ? undefined : said.slice(0, 500);
  } catch {
    return undefined;
  }
}

function after(headers: Headers): string {
  const seconds = headers.get('retry-after') ?? '';
  return /^\d+$/.test(seconds) ? ` ${seconds} seconds` : '';
}
