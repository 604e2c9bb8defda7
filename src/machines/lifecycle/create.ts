import { isProviderError } from '../../providers/provider-error.ts';
import type { Account, Instance, Provider } from '../../providers/provider.ts';
import type { MachineContext } from '../machine-context.ts';
import { isMachineError, MachineError } from '../machine-error.ts';
import { engineFaults } from '../provision/engine-faults.ts';
import type { ProvisionReport } from '../provision/provision.ts';
import type { MachineRecord } from '../store/machine-record.ts';
import type { MachineFolder } from '../store/machine-store.ts';
import { atStep, connectAccount } from './accounts.ts';
import { beginRecord, prepareCreation, USER_DATA_FILE } from './create-begin.ts';
import { decideCreate } from './create-decision.ts';
import type { CreatedMachine, CreateMachineRequest } from './create-request.ts';
import { handleUnfinished } from './create-unfinished.ts';
import { CreationSteps } from './creation-steps.ts';
import { untilState } from './instance-state.ts';
import { readJournalState } from './journal-state.ts';
import { rollBack } from './roll-back.ts';
import { forgetHostKey, forgetKeys } from './ssh-keys.ts';
import { waitForCloudInit, waitForSsh } from './wait-for-host.ts';

/** Milliseconds for SSH to answer, of a host that was just made and of one that was there, and for cloud-init. */
const SSH_OF_NEW = 600_000;
const SSH_OF_EXISTING = 60_000;
const CLOUD_INIT = 900_000;
/** Milliseconds after its first answer in which a new host may still be busy with its keys. */
const GRACE = 90_000;

/**
 * Makes a machine, or continues to make the one that an earlier call with the same settings has begun. Everything
 * is written down before it is done, so that after any end of the process the next call continues.
 *
 * @throws MachineError; `pre-create`: nothing was made. The signal's reason after an interrupt.
 */
export async function createMachine(
  context: MachineContext,
  request: CreateMachineRequest,
): Promise<CreatedMachine> {
  const provider = await context.provider(request.provider);
  const { store, signal } = context;
  // A host that is there already may be adopted whatever was wished for.
  if (provider.makesInstances) refuseFaults(request);
  await store.checkWritable();
  return store.withMachine(
    request.name,
    { create: true, timeout: request.timeouts?.lock ?? Infinity, signal },
    (folder) => new Creation(context, request, provider, folder).run(),
  );
}

function refuseFaults({ engine }: CreateMachineRequest): void {
  const faults = engineFaults(engine);
  if (faults.length === 0) return;
  throw new MachineError('pre-create', faults.join('; '), {
    hint: 'see `man dockerd` for what an engine can be told',
    step: 'check',
  });
}

/** One call of {@link createMachine}, while the machine is locked. */
class Creation {
  readonly #context: MachineContext;
  readonly #request: CreateMachineRequest;
  readonly #provider: Provider;
  readonly #folder: MachineFolder;

  constructor(
    context: MachineContext,
    request: CreateMachineRequest,
    provider: Provider,
    folder: MachineFolder,
  ) {
    this.#context = context;
    this.#request = request;
    this.#provider = provider;
    this.#folder = folder;
  }

  async run(): Promise<CreatedMachine> {
    const { record, resumed } = await this.#begin();
    const steps = new CreationSteps(this.#context, this.#folder, record);
    try {
      const report = await this.#make(steps);
      return {
        record: steps.record,
        folder: this.#folder.path,
        resumed,
        ...(report === undefined ? {} : { report }),
      };
    } catch (error) {
      await handleUnfinished(this.#context, this.#folder, { steps, request: this.#request, error });
      this.#context.signal.throwIfAborted();
      // Anything else is a programmer's mistake.
      if (!isProviderError(error) && !isMachineError(error)) throw error;
      throw atStep(error, steps.current ?? 'create');
    }
  }

  /** The record to work with: that of an earlier call, or a new one. */
  async #begin(): Promise<{ readonly record: MachineRecord; readonly resumed: boolean }> {
    const folder = this.#folder;
    const state = readJournalState(await folder.journal());
    const decision = decideCreate(await folder.read(), state, {
      ...this.#request,
      given: !this.#provider.makesInstances,
    });
    switch (decision.do) {
      case 'refuse':
        // What a process left that ended right after it was ready.
        if (isMachineError(decision.error, 'already-exists')) await this.#tidy();
        throw decision.error;
      case 'resume':
        return { record: { ...decision.record, engine: this.#request.engine }, resumed: true };
      case 'begin-anew':
        return {
          record: await this.#startOver(decision.record, decision.cause),
          resumed: false,
        };
      case 'begin':
        return {
          record: await beginRecord(this.#context, this.#request, this.#provider),
          resumed: false,
        };
    }
  }

  async #startOver(record: MachineRecord, cause: string): Promise<MachineRecord> {
    const { name } = record;
    const text = `${name} is made anew: ${cause}`;
    this.#context.onEvent({ type: 'warning', machine: name, text });
    const left = await rollBack(this.#context, this.#folder, record);
    const [first] = left;
    if (first !== undefined) {
      throw new MachineError('failed', `${first.title} could not be removed: ${first.reason}`, {
        hint: `"machine rm ${name}" tries again`,
        step: 'roll back',
      });
    }
    // In this order: after an end in between, neither record goes on with data or keys of the other that matter.
    await this.#folder.removeFile(USER_DATA_FILE);
    const begun = await beginRecord(this.#context, this.#request, this.#provider);
    await this.#folder.write(begun);
    await forgetKeys(this.#folder);
    return begun;
  }

  async #make(steps: CreationSteps): Promise<ProvisionReport | undefined> {
    const { record } = steps;
    let account: Account;
    try {
      account = await connectAccount(this.#context, record);
    } catch (error) {
      throw atStep(error, 'connect to the account', { kind: 'pre-create' });
    }
    let report: ProvisionReport | undefined;
    try {
      await this.#makeInstance(steps, account);
      // What is neither made nor switched is only known by its URL (`none`): there is nothing to set up.
      const reached = this.#provider.makesInstances || this.#provider.power !== 'none';
      if (reached) report = await this.#setUp(steps, account);
    } finally {
      account.close();
    }
    const { step: _done, ...rest } = steps.record;
    await steps.save({ ...rest, phase: 'ready' });
    await this.#tidy();
    return report;
  }

  /** Removes what only an unfinished machine needs. */
  async #tidy(): Promise<void> {
    if ((await this.#folder.read())?.phase !== 'ready') return;
    await forgetHostKey(this.#folder);
    await this.#folder.removeFile(USER_DATA_FILE);
  }

  /** What is wrong with files of the user's is told as a check is, as long as nothing was made. */
  async #prepare(steps: CreationSteps): ReturnType<typeof prepareCreation> {
    try {
      return await prepareCreation(this.#context, this.#folder, {
        record: steps.record,
        provider: this.#provider,
      });
    } catch (error) {
      if (!isMachineError(error, 'invalid') || (await steps.hasIntents())) throw error;
      throw atStep(error, 'check', { kind: 'pre-create' });
    }
  }

  async #makeInstance(steps: CreationSteps, account: Account): Promise<void> {
    const known = await steps.existing(account);
    if (known === 'gone') {
      steps.record = await this.#startOver(steps.record, 'its instance is gone');
    }
    const creation = await this.#prepare(steps);
    if (!(await steps.hasIntents())) {
      await steps.run('check', async () => {
        try {
          await account.check(creation);
        } catch (error) {
          this.#context.signal.throwIfAborted();
          throw atStep(error, 'check', { kind: 'pre-create' });
        }
      });
    }
    await steps.save({ ...steps.record, phase: 'creating' });
    let instance: Instance;
    if (typeof known === 'object') instance = known;
    else {
      instance = await steps.run('create', async () =>
        account.create({
          ...creation,
          journal: await steps.journal(),
          progress: (text) => steps.tell(text),
        }),
      );
    }
    if (instance.state === 'Stopped') {
      await account.start(instance.id);
      // Its address may be another one now.
      const watched = { account, name: steps.record.name, id: instance.id };
      instance = await untilState(this.#context, watched, 'Running');
    }
    await steps.save({
      ...steps.record,
      instanceId: instance.id,
      ...(instance.address === undefined ? {} : { address: instance.address }),
    });
  }

  async #setUp(steps: CreationSteps, account: Account): Promise<ProvisionReport> {
    const context = this.#context;
    const { name, ssh, engine } = steps.record;
    const made = this.#provider.makesInstances;
    const timeouts = this.#request.timeouts;
    const host = context.openHost(steps.record, this.#folder.path);
    try {
      await steps.run('wait for SSH', () =>
        waitForSsh(context, {
          machine: name,
          host,
          timeout: timeouts?.ssh ?? (made ? SSH_OF_NEW : SSH_OF_EXISTING),
          grace: made && ssh.hostKeyAlias !== undefined ? GRACE : 0,
          ...(made ? { look: () => steps.refuseGone(account) } : {}),
        }),
      );
      if (made && !(await steps.isDone('wait for cloud-init'))) {
        const timeout = timeouts?.cloudInit ?? CLOUD_INIT;
        await steps.run('wait for cloud-init', () =>
          waitForCloudInit(context, { machine: name, host, timeout }),
        );
      }
      return await steps.run('provision', () =>
        context.provision({
          machine: name,
          provider: this.#provider.name,
          host,
          engine,
          ...(made ? { hostname: name } : {}),
          configure: made || this.#request.configure,
          onEvent: context.onEvent,
          signal: context.signal,
        }),
      );
    } finally {
      host.close();
    }
  }
}
