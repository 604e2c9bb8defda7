import { isProviderError } from '../../providers/provider-error.ts';
import type {
  Account,
  CreationJournal,
  Instance,
  RemoteResource,
} from '../../providers/provider.ts';
import type { MachineContext } from '../machine-context.ts';
import { MachineError } from '../machine-error.ts';
import type { JournalLine, MachineRecord } from '../store/machine-record.ts';
import type { MachineFolder } from '../store/machine-store.ts';
import { readJournalState, type JournalState } from './journal-state.ts';

/** Name of a step of a create, as the journal has it. */
export type CreationStep =
  'check' | 'create' | 'wait for SSH' | 'wait for cloud-init' | 'provision';

const TITLES: Readonly<Record<CreationStep, string>> = {
  check: 'Check before creation',
  create: 'Create instance',
  'wait for SSH': 'Wait for SSH',
  'wait for cloud-init': 'Wait for cloud-init',
  provision: 'Provision',
};

/** The record and journal of a create that is under way, and what it tells. */
export class CreationSteps {
  readonly #context: MachineContext;
  readonly #folder: MachineFolder;
  /** As it was saved last, or is to be saved first. */
  record: MachineRecord;
  /** How often in a row the account did not know the instance. */
  #missed = 0;
  /** Step that is under way or has failed. */
  current: CreationStep | undefined;

  constructor(context: MachineContext, folder: MachineFolder, record: MachineRecord) {
    this.#context = context;
    this.#folder = folder;
    this.record = record;
  }

  /** Writes the record. */
  async save(record: MachineRecord): Promise<void> {
    await this.#folder.write(record);
    this.record = record;
  }

  /** Does a step, with lines in the journal around it. Nothing is recorded of checks. */
  async run<T>(step: CreationStep, work: () => Promise<T>): Promise<T> {
    const { clock, onEvent } = this.#context;
    const machine = this.record.name;
    const text = TITLES[step];
    const begun = clock.now();
    this.current = step;
    onEvent({ type: 'step', machine, text });
    if (step !== 'check') await this.#append({ event: 'step', step });
    const result = await work();
    if (step !== 'check') await this.#append({ event: 'step-done', step });
    onEvent({ type: 'step-done', machine, text, took: clock.now() - begun });
    this.current = undefined;
    return result;
  }

  tell(text: string): void {
    this.#context.onEvent({ type: 'detail', machine: this.record.name, text });
  }

  /** The instance that an earlier call has made; undefined: none is known, `gone`: it is not there any more. */
  async existing(account: Account): Promise<Instance | 'gone' | undefined> {
    const { instanceId } = this.record;
    if (instanceId === undefined) return undefined;
    let found: Instance | undefined;
    try {
      found = await account.describe(instanceId);
    } catch (error) {
      if (!isProviderError(error, 'not-found')) throw error;
    }
    if (found === undefined) return 'gone';
    return found.address === undefined && found.state !== 'Stopped' ? undefined : found;
  }

  /**
   * Looks whether the instance, which does not answer, is still there. That nobody can be asked is no reason to give
   * it up, nor is one answer that knows nothing of it: accounts are not always of one mind about what is new.
   *
   * @throws MachineError when there is nothing any more to wait for
   */
  async refuseGone(account: Account): Promise<void> {
    const { name, instanceId } = this.record;
    if (instanceId === undefined) return;
    let found: Instance | undefined;
    try {
      found = await account.describe(instanceId);
    } catch (error) {
      this.#context.signal.throwIfAborted();
      if (!isProviderError(error)) throw error;
      if (error.kind !== 'not-found') return;
    }
    const state = found?.state ?? 'Not Found';
    const gone = state === 'Not Found';
    this.#missed = gone ? this.#missed + 1 : 0;
    if (gone ? this.#missed === 1 : state !== 'Stopped') return;
    const what = gone ? 'is gone' : 'was stopped';
    throw new MachineError(
      'failed',
      `the instance ${instanceId} of ${name} ${what} before it was reached`,
      {
        hint:
          'somebody did that, or the provider, which may say why in its console; ' +
          `the same command ${gone ? 'makes another one' : 'starts it and goes on'}`,
      },
    );
  }

  async hasIntents(): Promise<boolean> {
    return (await this.#state()).resources.length > 0;
  }

  async isDone(step: CreationStep): Promise<boolean> {
    return (await this.#state()).done.has(step);
  }

  /** What the provider writes into while it makes things. */
  async journal(): Promise<CreationJournal> {
    const { resources } = await this.#state();
    return {
      earlier: resources.map(({ kind, token, id }) => ({
        kind,
        token: token ?? id ?? '',
        ...(id === undefined ? {} : { id }),
      })),
      intend: (kind, token, details) =>
        this.#append({
          event: 'intend',
          kind,
          token,
          ...(details === undefined ? {} : { details }),
        }),
      made: (resource) => this.#made(resource),
    };
  }

  async #made({ kind, id, region }: RemoteResource): Promise<void> {
    await this.#append({ event: 'made', kind, id, ...(region === undefined ? {} : { region }) });
    // So that a call that follows finds it even when it never gets an address.
    if (kind === 'instance') await this.save({ ...this.record, instanceId: id });
  }

  async #state(): Promise<JournalState> {
    return readJournalState(await this.#folder.journal());
  }

  async #append(line: WithoutTime<JournalLine>): Promise<void> {
    await this.#folder.append({ at: new Date(this.#context.clock.now()).toISOString(), ...line });
  }
}

type WithoutTime<T> = T extends unknown ? Omit<T, 'at'> : never;
