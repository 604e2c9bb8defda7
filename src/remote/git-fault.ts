import { RemoteError } from './remote-error.ts';

/** An address without the password that may stand in it. */
export function withoutPassword(text: string): string {
  return text.replaceAll(/(:\/\/[^/\s:@]*:)[^/\s@]+@/g, '$1***@');
}

/** The repository answers, and has no such branch, tag or commit. */
export function noSuchRef(text: string, repository: string, output: string): RemoteError {
  const shown = withoutPassword(text);
  return new RemoteError(
    `repository does not contain ref ${shown}, output: ${JSON.stringify(output)}: exit status 2`,
    { hint: `"git ls-remote ${withoutPassword(repository)}" lists branches and tags` },
  );
}

/** First match wins; what git says differs between protocols. */
const RULES: readonly { readonly pattern: RegExp; readonly hint: string }[] = [
  {
    pattern:
      /could not read (?:Username|Password)|terminal prompts disabled|Authentication failed/i,
    hint: 'the repository wants a login, or does not exist: give git credentials (a credential helper), or let it ask with GIT_TERMINAL_PROMPT=1',
  },
  {
    pattern: /Permission denied|Host key verification failed|publickey/i,
    hint: 'ssh must reach the host without asking: check the key, the agent and known_hosts, e.g. with "ssh -o BatchMode=yes HOST"',
  },
  {
    pattern: /not our ref|unadvertised object|couldn't find remote ref|not a tree|not a commit/i,
    hint: 'the host has no such commit, or gives out branches and tags only: name one of those',
  },
  {
    pattern: /Could not resolve host|unable to look up|Connection refused|timed out|unreachable/i,
    hint: 'check the address, the network and the proxy that git uses',
  },
  {
    pattern: /certificate|SSL/i,
    hint: 'git does not trust the host: check http.sslCAInfo of the git configuration',
  },
  {
    pattern: /not found|does not exist|not exported|does not appear to be a git repository/i,
    hint: 'check the address; a private repository looks like a missing one without a login',
  },
];

/** The repository cannot be read; `output` is what git said. */
export function accessFault(repository: string, output: string): RemoteError {
  const hint = RULES.find(({ pattern }) => pattern.test(output))?.hint;
  return new RemoteError(
    `failed to access repository at ${withoutPassword(repository)}:\n ${withoutPassword(output)}`,
    hint === undefined ? {} : { hint },
  );
}
