import { posix } from 'node:path';
import type { SFTPWrapper, Stats } from 'ssh2';
import { deferred } from '../../foundation/deferred.ts';
import { MachineError } from '../machine-error.ts';
import type { SshTarget } from './ssh-host.ts';

type Done<T> = (error: Error | null | undefined, value: T) => void;

/** What a place on a host is; links are followed. */
export type PlaceKind = 'file' | 'directory' | 'other';

/** Answers of servers, as RFC drafts number them. */
const NO_SUCH_FILE = 2;
const PERMISSION_DENIED = 3;
const FAILURE = 4;

/** What ssh2 says of open calls when a channel ends; why it ended is known a little later. */
const UNANSWERED = 'No response from server';

/** Calls of SFTP as promises, whose failures name the file, the host and what would help. */
export class Sftp {
  readonly raw: SFTPWrapper;
  readonly #target: SshTarget;
  readonly #ending: Promise<MachineError>;
  /** What happened when nothing is answered any more. */
  #gone: MachineError | undefined;
  readonly #waiting = new Set<(why: MachineError) => void>();

  /** @param gone resolves to what happened when nothing is answered any more */
  constructor(raw: SFTPWrapper, target: SshTarget, gone: Promise<MachineError>) {
    this.raw = raw;
    this.#target = target;
    this.#ending = gone;
    void this.#follow(gone);
  }

  /** Once for all calls: a promise keeps everybody who ever asked it. */
  async #follow(gone: Promise<MachineError>): Promise<void> {
    const why = await gone;
    this.#gone = why;
    for (const fail of this.#waiting) fail(why);
  }

  /** How messages call the host. */
  get title(): string {
    return this.#target.title;
  }

  /** Undefined when nothing is there, or nobody may know. */
  async stat(path: string): Promise<Stats | undefined> {
    return await this.orGone(
      new Promise((resolve, reject) => {
        this.raw.stat(path, (error, found) => {
          if (isUnanswered(error)) reject(error);
          else resolve(error ? undefined : found);
        });
      }),
    );
  }

  async kind(path: string): Promise<PlaceKind | undefined> {
    const found = await this.stat(path);
    return found === undefined ? undefined : kindOf(found);
  }

  /** The place itself, without links on the way. */
  realPath(path: string): Promise<string> {
    return this.ask('read', path, (done: Done<string>) => this.raw.realpath(path, done));
  }

  async list(path: string): Promise<readonly string[]> {
    const entries = await this.ask(
      'read',
      path,
      (done: Done<readonly { readonly filename: string }[]>) => this.raw.readdir(path, done),
    );
    const names = entries.map(({ filename }) => filename);
    // It is the host that says these names, and they become paths here.
    const bad = names.find((name) => !isFileName(name));
    if (bad === undefined) return names;
    const text = `${this.title} names a file ${JSON.stringify(bad)} in ${path}`;
    throw new MachineError('failed', text, { host: this.title });
  }

  /** @param verb what messages say was tried: `write` */
  ask<T>(verb: string, path: string, act: (done: Done<T>) => void): Promise<T> {
    return this.orGone(
      new Promise<T>((resolve, reject) => {
        act((error, value) => {
          if (error) reject(error);
          else resolve(value);
        });
      }).catch((error: unknown) => {
        throw this.failure(verb, path, error);
      }),
    );
  }

  /** What comes of something that the server has to answer. @throws also when it cannot any more */
  async orGone<T>(answer: Promise<T>): Promise<T> {
    const { promise: gone, reject } = deferred<never>();
    this.#waiting.add(reject);
    if (this.#gone !== undefined) reject(this.#gone);
    try {
      return await Promise.race([gone, answer]);
    } catch (error) {
      const { cause } = error as { readonly cause?: unknown };
      throw isUnanswered(error) || isUnanswered(cause) ? await this.#ending : error;
    } finally {
      this.#waiting.delete(reject);
    }
  }

  /** The same for calls without an answer. */
  async call(
    verb: string,
    path: string,
    act: (done: (error?: Error | null) => void) => void,
  ): Promise<void> {
    await this.ask<void>(verb, path, (done) => act((error) => done(error, undefined)));
  }

  failure(verb: string, path: string, error: unknown): MachineError {
    const hint = this.#hint(verb, path, error);
    return new MachineError(
      'failed',
      `cannot ${verb} ${path} on ${this.title}: ${reasonOf(error)}`,
      { host: this.title, cause: error, ...(hint === undefined ? {} : { hint }) },
    );
  }

  #hint(verb: string, path: string, error: unknown): string | undefined {
    if (verb === 'read') return undefined;
    switch (codeOf(error)) {
      case NO_SUCH_FILE:
        return `There is no folder ${posix.dirname(path)} on ${this.title}.`;
      case PERMISSION_DENIED:
        return `${this.#target.user} may not write there: copy it to a folder of that user, and move it with sudo.`;
      case FAILURE:
        return `The server says no more than that; a full disk is the usual reason: "df -h" on ${this.title} tells.`;
      default:
        return undefined;
    }
  }
}

function isFileName(name: string): boolean {
  if (name === '' || name === '.' || name === '..' || /[/\0]/.test(name)) return false;
  return process.platform !== 'win32' || !name.includes('\\');
}

function isUnanswered(error: unknown): error is Error {
  return error instanceof Error && error.message === UNANSWERED;
}

/** True for an answer that something may not be done. */
export function isDenied(error: unknown): boolean {
  return error instanceof MachineError && codeOf(error.cause) === PERMISSION_DENIED;
}

/** What is at a place, by what SFTP says of it. */
export function kindOf(found: Stats): PlaceKind {
  return found.isDirectory() ? 'directory' : found.isFile() ? 'file' : 'other';
}

function codeOf(error: unknown): unknown {
  return (error as { readonly code?: unknown }).code;
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
