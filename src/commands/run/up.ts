import { up } from '../../app/up.ts';
import { isTrue } from '../../app/true-words.ts';
import type { AbortCondition, UpRequest } from '../../app/up-request.ts';
import type { FlagValues } from '../flag-values.ts';
import { globalOptions } from '../global-options.ts';
import type { Invocation } from '../invocation.ts';
import { UsageError } from '../usage-error.ts';
import { createRequest } from './create-request.ts';

/** Reads the flags of `up` and runs it. */
export function run(invocation: Invocation): Promise<number> {
  const { flags, session } = invocation;
  checkAttachment(flags);
  const request: UpRequest = {
    ...createRequest(invocation),
    start: !flags.bool('no-start'),
    detach: flags.bool('detach') || flags.bool('wait'),
    wait: flags.bool('wait'),
    waitTimeout: flags.int('wait-timeout') > 0 ? flags.int('wait-timeout') : undefined,
    watch: flags.bool('watch'),
    menu: wantsMenu(invocation),
    abort: abortCondition(flags),
    exitCodeFrom: flags.given('exit-code-from'),
    attach: flags.list('attach'),
    attachDependencies: flags.bool('attach-dependencies'),
    noAttach: flags.list('no-attach'),
    logs: {
      color: !flags.bool('no-color'),
      prefix: !flags.bool('no-log-prefix'),
      timestamps: flags.bool('timestamps'),
    },
  };
  return up(session, globalOptions(invocation.global), request);
}

function abortCondition(flags: FlagValues): AbortCondition {
  if (flags.bool('abort-on-container-failure')) return 'on-failure';
  const exits = flags.bool('abort-on-container-exit') || flags.changed('exit-code-from');
  return exits ? 'on-exit' : 'never';
}

/** On terminals there is a menu unless it is declined, or output has to be plain. */
function wantsMenu({ flags, global, session }: Invocation): boolean {
  const { stdout, env } = session;
  const { progress, ansi } = globalOptions(global);
  const variable = env['COMPOSE_MENU'];
  const isWanted = flags.changed('menu')
    ? flags.bool('menu')
    : variable === undefined || isTrue(variable);
  return (
    isWanted &&
    stdout.isTTY === true &&
    session.stdin.isTTY &&
    (progress ?? env['COMPOSE_PROGRESS']) !== 'plain' &&
    (ansi ?? env['COMPOSE_ANSI']) !== 'never'
  );
}

/** Output of services is asked for, or their end waited for: nothing for the background. */
function checkAttachment(flags: FlagValues): void {
  const attach = flags.changed('attach');
  const shown = attach || flags.bool('attach-dependencies') || abortCondition(flags) === 'on-exit';
  const attached = shown || flags.bool('watch') || abortCondition(flags) === 'on-failure';
  if (flags.int('wait-timeout') < 0) {
    throw new UsageError('--wait-timeout must be a non-negative integer');
  }
  if (flags.bool('abort-on-container-failure') && flags.bool('abort-on-container-exit')) {
    throw new UsageError(
      '--abort-on-container-failure cannot be combined with --abort-on-container-exit',
    );
  }
  if (flags.bool('wait') && shown) {
    throw new UsageError(
      '--wait cannot be combined with --abort-on-container-exit, --attach or --attach-dependencies',
    );
  }
  if ((flags.bool('wait') || flags.bool('detach')) && attached) {
    const flag = flags.bool('wait') ? '--wait' : '--detach';
    throw new UsageError(
      `${flag} cannot be combined with --abort-on-container-exit, --abort-on-container-failure, --attach, --attach-dependencies or --watch`,
    );
  }
  if (flags.bool('no-build') && flags.bool('watch')) {
    throw new UsageError('--no-build and --watch are incompatible');
  }
  if (flags.bool('attach-dependencies') && attach) {
    throw new UsageError('cannot combine --attach and --attach-dependencies');
  }
}
