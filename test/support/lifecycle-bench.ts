/** What tests of machines' lives begin with: folders of their own, and requests for machines. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import {
  DEFAULT_ENGINE,
  type CreateMachineRequest,
} from '../../src/machines/lifecycle/create-request.ts';

export interface TestFolders {
  /** Holds all of them. */
  readonly base: string;
  /** A path that nothing else has; nothing is there yet. */
  readonly some: () => string;
}

/** Folders of a test file, which go when its tests are done. */
export function testFolders(): TestFolders {
  const base = mkdtempSync(join(tmpdir(), 'tcompose-lifecycle-'));
  afterAll(() => {
    rmSync(base, { recursive: true, force: true });
  });
  let count = 0;
  const some = (): string => {
    count += 1;
    return join(base, String(count));
  };
  return { base, some };
}

/** What `create` asks for: machine `web` of the scripted provider, unless changed. */
export function machineRequest(changes: Partial<CreateMachineRequest> = {}): CreateMachineRequest {
  return {
    name: 'web',
    provider: 'scripted',
    settings: { region: 'here' },
    engine: DEFAULT_ENGINE,
    configure: true,
    force: false,
    onFailure: 'keep',
    onInterrupt: 'keep',
    ...changes,
  };
}
