import { get } from 'node:http';
import { isMachineError, type MachineError } from '../machine-error.ts';
import { forwardEngine } from '../ssh/engine-socket.ts';
import type { SshHost } from '../ssh/ssh-host.ts';
import { type CheckStatus, type DoctorCheck, HOST_CHECKS } from './doctor-checks.ts';
import { DOCTOR_SCRIPT } from './doctor-script.ts';
import { parseFacts, sections } from './facts.ts';
import { FACTS_SCRIPT } from './facts-script.ts';
import { lastLines } from './failure.ts';
import { minute, second } from './step.ts';

export interface DoctorRequest {
  readonly machine: string;
  readonly host: SshHost;
  /** Port on which the engine is exposed with TLS on purpose. */
  readonly tlsPort?: number;
  /** Milliseconds since the epoch. */
  readonly now: number;
  readonly signal: AbortSignal;
}

export interface DoctorReport {
  readonly machine: string;
  /** The worst of all checks. */
  readonly status: Exclude<CheckStatus, 'skip'>;
  readonly checks: readonly DoctorCheck[];
}

/** The way to a host, in the order in which it is gone. */
const WAY: readonly (readonly [string, string])[] = [
  ['address', 'address'],
  ['tcp', 'SSH port answers'],
  ['host-key', 'host key is the known one'],
  ['auth', 'login'],
];

/**
 * Looks at everything that has to be right for a machine to be used, from its address to its engine, and says of each
 * whether it is and what to do. What is wrong is told, not thrown.
 */
export async function examine(request: DoctorRequest): Promise<DoctorReport> {
  const { host, machine } = request;
  try {
    await host.connect(request.signal);
  } catch (error) {
    request.signal.throwIfAborted();
    if (!isMachineError(error)) throw error;
    return report(machine, [...unreached(host, error), ...skipped('SSH does not reach the host')]);
  }
  const { address, port, user } = host.target;
  const details = [address, `${address}:${port}`, 'is known', `as ${user}`];
  const way = WAY.map(([id, title], index): DoctorCheck => {
    return { id, title, status: 'ok', detail: details[index] ?? '' };
  });
  return report(machine, [...way, ...(await examineHost(request))]);
}

async function examineHost(request: DoctorRequest): Promise<readonly DoctorCheck[]> {
  const { host, signal } = request;
  const script = { input: `${FACTS_SCRIPT}${DOCTOR_SCRIPT}`, signal, timeout: minute };
  const [result, api] = await Promise.all([host.run(['sh', '-s'], script), askEngine(request)]);
  const facts = parseFacts(result.stdout);
  if (facts.time === 0) {
    const [said = 'nothing'] = lastLines(`${result.stdout}\n${result.stderr}`, 1);
    const [first, ...others] = skipped('the user of the host has no shell');
    const detail = `the host does not run a shell's script, it says: ${said}`;
    const advice = `give ${host.target.user} a POSIX shell: a login that runs only one command will not do`;
    return first === undefined ? [] : [{ ...first, status: 'fail', detail, advice }, ...others];
  }
  const data = {
    machine: request.machine,
    facts,
    sections: sections(result.stdout),
    now: request.now / 1000,
    api,
    tlsPort: request.tlsPort,
  };
  return HOST_CHECKS.map(({ id, title, check }) => ({ id, title, ...check(data) }));
}

function skipped(detail: string): readonly DoctorCheck[] {
  return HOST_CHECKS.map(({ id, title }) => ({ id, title, status: 'skip', detail }));
}

/** Which part of the way the failure of a connection is about. */
function unreached(host: SshHost, error: MachineError): readonly DoctorCheck[] {
  const failed = failedPart(error);
  const known = WAY.findIndex(([id]) => id === failed);
  return WAY.map(([id, title], index): DoctorCheck => {
    if (index < known) return { id, title, status: 'ok', detail: host.target.address };
    if (index > known) return { id, title, status: 'skip', detail: 'was not reached' };
    const advice = error.hint ?? 'try `ssh -v` to see where it ends';
    return { id, title, status: 'fail', detail: error.message, advice };
  });
}

function failedPart({ kind, message }: MachineError): string {
  if (kind === 'auth' || kind === 'host-key') return kind;
  return /no such name|could not be looked up|no address/i.test(message) ? 'address' : 'tcp';
}

/** The engine's own answer through the connection that everything else uses too. */
async function askEngine({
  host,
  signal,
}: DoctorRequest): Promise<{ readonly version: string } | { readonly fault: string }> {
  try {
    const stream = await forwardEngine(host, signal);
    return await new Promise((resolve) => {
      const fault = (error: Error): void => resolve({ fault: error.message });
      const asked = get(
        { path: '/version', timeout: 10 * second, createConnection: () => stream },
        (response) => {
          response.resume();
          const version = response.headers['api-version'];
          resolve(
            typeof version === 'string'
              ? { version }
              : { fault: `answers with status ${response.statusCode}` },
          );
        },
      );
      asked.on('error', fault);
      asked.on('timeout', () => asked.destroy(new Error('no answer within 10 s')));
    });
  } catch (error) {
    signal.throwIfAborted();
    return { fault: error instanceof Error ? error.message : 'no answer' };
  }
}

function report(machine: string, checks: readonly DoctorCheck[]): DoctorReport {
  const worst = (['fail', 'warn'] as const).find((status) =>
    checks.some((check) => check.status === status),
  );
  return { machine, status: worst ?? 'ok', checks };
}
