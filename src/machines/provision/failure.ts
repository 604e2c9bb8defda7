import type { RunResult } from '../ssh/ssh-host.ts';
import type { Step } from './step.ts';

/** Why a step failed, as far as its output tells. */
export interface Reason {
  readonly summary: string;
  readonly hint: string;
}

interface Pattern {
  readonly text: RegExp;
  readonly reason: (match: RegExpExecArray) => Reason;
}

/** Output of package managers and dockerd that says what is wrong; the first one that matches counts. */
const PATTERNS: readonly Pattern[] = [
  {
    text: /No space left on device|You don't have enough free space|Disk quota exceeded|needs? [\d.]+ ?[MG]i?B more space/i,
    reason: () => ({
      summary: 'the disk of the host is full',
      hint: 'make room on the host (`df -h`), then run the same command again',
    }),
  },
  {
    text: /Could not get lock (\S+?)\.?(?: It is held by process (\d+)(?: \(([^)]*)\))?)?(?:[\s.]|$)/,
    reason: ([, file = '', pid, program]) => ({
      summary: `${pid === undefined ? 'another program' : `process ${pid} (${program ?? 'unknown'})`} holds ${file}`,
      hint: 'wait until it has ended, then run the same command again',
    }),
  },
  {
    text: /lock was locked by another process(?: with pid (\d+))?/,
    reason: ([, pid]) => ({
      summary: `${pid === undefined ? 'another program' : `process ${pid}`} holds the lock of dpkg`,
      hint: 'wait until it has ended, then run the same command again',
    }),
  },
  {
    text: /packages will be REMOVED:\n((?: +\S.*\n)+)[^]*Packages need to be removed/,
    reason: ([, names = '']) => ({
      summary: `it would remove ${names.trim().split(/\s+/).join(', ')}, which tcompose does not do`,
      hint: 'take the packages that go with them: --engine-source distribution; or remove them on the host, if nothing needs them',
    }),
  },
  {
    text: /Held packages were changed|were filtered out by (?:exclude|versionlock|modular) filtering/,
    reason: () => ({
      summary: "the engine's packages are held at their version on the host",
      hint: 'let them go on the host: `apt-mark unhold docker-ce docker-ce-cli docker.io`, or `dnf versionlock delete docker-ce`',
    }),
  },
  {
    text: /package (\S+) from \S+ conflicts with (\S+) provided by/i,
    reason: ([, name = '', other = '']) => ({
      summary: `${name} and ${other} cannot both be on the host`,
      hint: `remove ${other.replace(/-\d.*$/, '')} on the host, if nothing needs it, then run the same command again`,
    }),
  },
  {
    text: /Temporary failure (?:in name resolution|resolving '([^']+)')|Could not resolve(?: host)?:? '?([\w.-]+)/,
    reason: ([, first, second]) => ({
      summary: `the host cannot resolve ${first ?? second ?? 'names'}`,
      hint: 'look at /etc/resolv.conf of the host and whether it reaches the internet',
    }),
  },
  {
    text: /Release file for \S+ is not valid yet|certificate is not yet valid/,
    reason: () => ({
      summary: 'the clock of the host is behind',
      hint: 'set it (`timedatectl set-ntp true`), then run the same command again',
    }),
  },
  {
    text: /NO_PUBKEY|is not signed|repomd\.xml GPG signature verification error/,
    reason: () => ({
      summary: 'a package source of the host is not signed with a key that the host knows',
      hint: 'repair or remove that source on the host (`apt-get update` shows it)',
    }),
  },
  {
    text: /Unable to locate package (\S+)|No match for argument: (\S+)|No package (\S+) available/,
    reason: ([, ...names]) => ({
      summary: `the host's package sources have no ${names.find((name) => name !== undefined) ?? 'such package'}`,
      hint: names.some((name) => /-\d/.test(name ?? ''))
        ? 'another version: `dnf --showduplicates list docker-ce` on the host shows all'
        : 'choose another source: --engine-source docker, or distribution',
    }),
  },
  {
    text: /(?:Unable to connect to|Failed to connect to|Could not connect to|Connection (?:timed out|refused).*?\b)\s*(\S+)/,
    reason: ([, where = 'a server']) => ({
      summary: `the host does not reach ${where.replace(/[:.,]+$/, '')}`,
      hint: 'look at its firewall, its routes and the proxy that apt or dnf uses',
    }),
  },
  {
    text: /unable to configure the Docker daemon with file \S+: (.+)/,
    reason: ([, why = '']) => ({
      summary: `dockerd does not take its configuration: ${why.replace(/\\"/g, '"')}`,
      hint: 'correct --engine-opt; `dockerd --help` on the host names all options',
    }),
  },
  {
    text: /failed to start (?:daemon|cluster component): (.+?)"?$/m,
    reason: ([, why = '']) => ({
      summary: `dockerd does not start: ${why.replace(/\\"/g, '"')}`,
      hint: '`journalctl -u docker` on the host has more',
    }),
  },
  {
    text: /^(?:dockerd: )?((?:unable to|unknown flag|invalid argument|the following directives) .+)$/m,
    reason: ([, why = '']) => ({
      summary: `dockerd does not start: ${why}`,
      hint: 'correct --engine-opt; `dockerd --help` on the host names all options',
    }),
  },
  {
    text: /sudo: a (?:terminal|password) is required|sudo: sorry, you must have a tty/,
    reason: () => ({
      summary: 'sudo asked for a password',
      hint: 'let the user use sudo without one',
    }),
  },
  {
    text: /Start request repeated too quickly/,
    reason: () => ({
      summary: 'systemd gave up starting it after several failures',
      hint: 'see `journalctl -u docker` on the host; then `systemctl reset-failed docker docker.socket`',
    }),
  },
];

/** What a text says is wrong; undefined: nothing that is known. */
export function findReason(text: string): Reason | undefined {
  for (const { text: pattern, reason } of PATTERNS) {
    const match = pattern.exec(text);
    if (match !== null) return reason(match);
  }
  return undefined;
}

/** True for a lock that apt does not wait for by itself. */
export function isLocked(output: string): boolean {
  return /Could not get lock|Unable to (?:lock|acquire)|locked by another process/.test(output);
}

/** True when an archive no longer has the files that old lists name. */
export function isStale(output: string): boolean {
  return /\b404\s+Not Found|Unable to fetch some archives|Hash Sum mismatch/.test(output);
}

/** True when apt does nothing before dpkg has finished what it began. */
export function isInterrupted(output: string): boolean {
  return /dpkg was interrupted/.test(output);
}

/** The last lines that say something. */
export function lastLines(text: string, count: number): readonly string[] {
  return text
    .split(/\r?\n|\r/)
    .map((line) => line.trimEnd())
    .filter((line) => line !== '')
    .slice(-count);
}

/** Several lines about a failed step: what, why as far as it is known, and the end of what it printed. */
export function failureMessage(step: Step, result: RunResult, journal: string): string {
  const output = `${result.stdout}\n${result.stderr}`;
  const reason = findReason(`${output}\n${journal}`);
  const head = `could not ${step.title}: ${reason?.summary ?? `exit code ${result.code}`}`;
  const shown = journal === '' ? lastLines(output, 8) : lastLines(journal, 10);
  const from = journal === '' ? 'last lines' : 'journal of the engine';
  const code = reason === undefined ? '' : ` (exit code ${result.code})`;
  if (shown.length === 0) return `${head}${code}`;
  return [`${head}${code}`, `${from}:`, ...shown.map((line) => `  ${line}`)].join('\n');
}

/** What dockerd logged about its end: its last start only, without what all starts log. */
export function relevantJournal(journal: string): string {
  const lines = journal.split('\n');
  const telling = lines.filter((line) =>
    /level=(?:error|fatal)|failed|unable to|error|invalid|unknown|directives/i.test(line),
  );
  // A unit that is started again and again says the same each time.
  return [...new Set(telling.length > 0 ? telling : lines)].join('\n');
}
