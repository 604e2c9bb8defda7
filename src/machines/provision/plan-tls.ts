import { createHash } from 'node:crypto';
import { dirname } from 'node:path';
import { fail, ok, type Result } from '../../foundation/result.ts';
import { type Change, command, removal, restoreStep } from './change.ts';
import { type CertificatePaths, exposedUnit } from './docker-machine-unit.ts';
import { TLS_DROP_IN, TLS_FOLDER, tlsDropIn } from './engine-unit.ts';
import type { HostFacts } from './facts.ts';
import { replaceStep, restoreSet } from './file-set.ts';
import type { PlanInput } from './plan-input.ts';
import type { ServerTls } from './provision.ts';
import { type Refusal, writeStep } from './step.ts';

/** Where the certificates of engines lie that tcompose itself exposes. */
const OWN_PATHS: CertificatePaths = {
  ca: `${TLS_FOLDER}/ca.pem`,
  certificate: `${TLS_FOLDER}/server.pem`,
  key: `${TLS_FOLDER}/server-key.pem`,
};

/**
 * What has an engine listen with TLS on the port that was asked for, or on none of tcompose's. One that docker-machine
 * has exposed there keeps its command: it gets certificates where that looks for them.
 */
export function tlsChanges(input: PlanInput): Result<readonly Change[], Refusal> {
  const { engine, facts } = input;
  const current = facts.dropIns[TLS_DROP_IN];
  const without = current === undefined ? [] : [removal(TLS_DROP_IN, current, '0644')];
  const port = engine.tlsPort;
  if (port === undefined) return ok(without);
  // Without a unit there is no engine yet; the plan is made again once there is.
  if (facts.unit === undefined) return ok([]);
  const exposed = exposedUnit(facts);
  if (exposed === undefined) return ownExposure(input, port);
  if (exposed.port !== port) {
    return refusal(
      `docker-machine exposed it on port ${exposed.port}, not ${port} (${exposed.path})`,
      `take that port: --engine-tls-port ${exposed.port}; or close it first: tcompose machine provision --engine-tls=false`,
    );
  }
  if (exposed.certificates === undefined) {
    return refusal(
      `${exposed.path} opens port ${port} without naming an authority, a certificate and a key that it insists on`,
      'close the port (tcompose machine provision --engine-tls=false), then expose the engine anew with --engine-tls',
    );
  }
  return ok([...certificateChanges(input, exposed.certificates), ...without]);
}

function refusal(why: string, hint: string): Result<never, Refusal> {
  return fail({ message: `the engine cannot be exposed with TLS: ${why}`, hint });
}

/** By a drop-in of tcompose's. Certificates first: it must never name files that are not there. */
function ownExposure(input: PlanInput, port: number): Result<readonly Change[], Refusal> {
  const { facts } = input;
  const current = facts.dropIns[TLS_DROP_IN];
  const text = tlsDropIn(facts, port);
  if (!text.ok) return refusal(text.error, 'SSH works without it: leave --engine-tls away');
  const changes: Change[] = [...certificateChanges(input, OWN_PATHS)];
  if (current?.trimEnd() !== text.value.trimEnd()) {
    changes.push({
      step: writeStep({
        title: `expose the engine on port ${port} with TLS`,
        path: TLS_DROP_IN,
        content: text.value,
        mode: '0644',
      }),
      undo: restoreStep(TLS_DROP_IN, current, '0644'),
      difference: [`the engine would listen on port ${port} with TLS`],
    });
  }
  return ok(changes);
}

/** One change for all three: an engine with a key that is not its certificate's does not start. */
function certificateChanges(
  { facts, tls, now }: Pick<PlanInput, 'facts' | 'tls' | 'now'>,
  paths: CertificatePaths,
): readonly Change[] {
  // An engine that is left as it is has its own.
  if (tls === undefined) return [];
  const files = differing(facts, tls, paths).map((file) => ({
    ...file,
    backup: `${file.path}.before-${now}`,
  }));
  if (files.length === 0) return [];
  const folder = dirname(paths.certificate);
  const details = files.map(({ path }) => path);
  return [
    {
      step: replaceStep({
        title: `write certificates to ${folder}`,
        files,
        secret: true,
        details,
      }),
      undo: restoreSet('put the certificates back', files),
      // What is left of a key is one more that can be stolen.
      cleanup: {
        ...command('remove the certificates that were there', [
          'rm',
          '-f',
          ...files.map(({ backup }) => backup),
        ]),
        quiet: true,
      },
      difference: details,
    },
  ];
}

function differing(
  facts: HostFacts,
  tls: ServerTls,
  paths: CertificatePaths,
): readonly { readonly path: string; readonly content: string; readonly mode: string }[] {
  const files = [
    { path: paths.ca, content: tls.ca, mode: '0644' },
    { path: paths.certificate, content: tls.certificate, mode: '0644' },
    { path: paths.key, content: tls.key, mode: '0600' },
  ];
  return files.filter(({ path, content }) => facts.tls[path] !== sha256(content));
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
