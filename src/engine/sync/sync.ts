import { mapLimited } from '../../foundation/pool.ts';
import type { ObservedContainer } from '../../scheduler/observed.ts';
import type { ServiceSync } from '../../scheduler/watch-batch.ts';
import type { EngineClient } from '../client.ts';
import { isEngineError, messageOf } from '../errors.ts';
import { execInContainer } from '../execute/command.ts';
import { imageUser } from './image-user.ts';
import { packCopies, type Owner, type SyncArchiveOptions } from './sync-archive.ts';

/** Containers that are written to at a time. */
const PARALLEL = 16;
/** Characters of one command line, well below what kernels take. */
const LONGEST_COMMAND = 100_000;

/** Engines since this API version look up the container's user in the container. */
const GIVES_TO_USER = '1.48';

/** Brings changes of files into containers. */
export class ContainerSync {
  readonly #client: EngineClient;
  readonly #onSkipped: SyncArchiveOptions['onSkipped'];
  readonly #owners = new Map<string, Promise<Owner | undefined>>();

  constructor(client: EngineClient, onSkipped: SyncArchiveOptions['onSkipped']) {
    this.#client = client;
    this.#onSkipped = onSkipped;
  }

  /**
   * Deletes and copies in all of the containers, with one archive for each. Resolves with what went
   * wrong, a sentence for each container and kind of work; the others are not held up by it.
   */
  async apply(
    containers: readonly ObservedContainer[],
    sync: ServiceSync,
    signal: AbortSignal,
  ): Promise<readonly string[]> {
    const faults: string[] = [];
    const attempt = async (what: string, work: () => Promise<void>): Promise<void> => {
      try {
        await work();
      } catch (error) {
        signal.throwIfAborted();
        // A container that is gone needs nothing.
        if (!isEngineError(error, 'not-found')) faults.push(`${what}: ${messageOf(error)}`);
      }
    };
    await mapLimited(containers, PARALLEL, async (container) => {
      if (sync.deletes.length > 0) {
        await attempt(`deleting paths in ${container.name}`, () =>
          this.#delete(container, sync.deletes, signal),
        );
      }
      if (sync.copies.length > 0) {
        await attempt(`copying files to ${container.name}`, () =>
          this.#copy(container, sync, signal),
        );
      }
    });
    return faults.toSorted();
  }

  async #delete(
    container: ObservedContainer,
    paths: readonly string[],
    signal: AbortSignal,
  ): Promise<void> {
    if (container.state !== 'running') throw new Error('it is not running');
    for (const some of commandLines(paths)) {
      // As root: what an image brought need not belong to the user it runs as.
      const hook = { command: ['rm', '-rf', ...some], user: '0' };
      const { exitCode, tail } = await execInContainer(
        this.#client,
        { container, hook, tty: false, onLine: () => undefined },
        signal,
      );
      if (exitCode !== 0) throw new Error(`exit code ${exitCode}${tail === '' ? '' : `: ${tail}`}`);
    }
  }

  async #copy(
    container: ObservedContainer,
    { copies }: ServiceSync,
    signal: AbortSignal,
  ): Promise<void> {
    const givesToUser = this.#client.supports(GIVES_TO_USER);
    const owner = givesToUser ? undefined : await this.#owner(container, signal);
    await this.#client.send(
      {
        method: 'PUT',
        path: `/containers/${container.id}/archive`,
        query: { path: '/', copyUIDGID: givesToUser || undefined },
        archive: packCopies(copies, { owner, onSkipped: this.#onSkipped }),
        resource: `container ${container.name}`,
      },
      signal,
    );
  }

  #owner(container: ObservedContainer, signal: AbortSignal): Promise<Owner | undefined> {
    let owner = this.#owners.get(container.id);
    if (owner === undefined) {
      owner = imageUser(this.#client, container, signal);
      this.#owners.set(container.id, owner);
    }
    return owner;
  }
}

/** Cuts a list of words so that each part fits on a command line. */
export function commandLines(words: readonly string[]): readonly (readonly string[])[] {
  const lines: string[][] = [[]];
  let length = 0;
  for (const word of words) {
    if (length > 0 && length + word.length > LONGEST_COMMAND) {
      lines.push([]);
      length = 0;
    }
    lines.at(-1)?.push(word);
    length += word.length + 1;
  }
  return lines;
}
