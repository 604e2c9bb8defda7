import { connect } from 'node:net';
import { readField } from './openssh-key.ts';

const REQUEST_IDENTITIES = Buffer.from([0, 0, 0, 1, 11]);
const IDENTITIES_ANSWER = 12;

/** A key of an agent: its type, as `sk-ssh-ed25519@openssh.com`, and its comment. */
export interface AgentKey {
  readonly type: string;
  readonly comment: string;
}

/**
 * All keys that an agent has, also of types that nobody here can use; ssh2 leaves those out without a word.
 *
 * @throws Error of the socket
 */
export async function agentKeys(
  socketPath: string,
  signal: AbortSignal,
): Promise<readonly AgentKey[]> {
  const socket = connect({ path: socketPath, signal });
  socket.write(REQUEST_IDENTITIES);
  let answer = Buffer.alloc(0);
  for await (const part of socket) {
    answer = Buffer.concat([answer, part as Buffer]);
    const whole = readField(answer, 0);
    if (whole !== undefined) return parse(whole);
  }
  return [];
}

function parse(answer: Buffer): readonly AgentKey[] {
  const keys: AgentKey[] = [];
  if (answer[0] !== IDENTITIES_ANSWER) return keys;
  for (let at = 5; at < answer.length;) {
    const blob = readField(answer, at);
    const comment = blob && readField(answer, at + 4 + blob.length);
    if (blob === undefined || comment === undefined) break;
    const type = readField(blob, 0)?.toString('latin1') ?? '';
    keys.push({ type, comment: comment.toString() });
    at += 8 + blob.length + comment.length;
  }
  return keys;
}
