/** A host with an engine, and somebody who works on it from here: what tests of engines over SSH begin with. */
import { join } from 'node:path';
import type { EngineApi } from './api.ts';
import { type Finished, run, type RunOptions } from './command.ts';
import { checkout } from './debian.ts';
import { startHosts, type StartHostOptions, type TestHost, type TestHosts } from './hosts.ts';
import { importTestImages } from './images.ts';
import type { SshHome } from './ssh-home.ts';

/** The program under test. */
export const program = join(checkout, 'bin/tcompose');

export interface RemoteEngine extends AsyncDisposable {
  readonly hosts: TestHosts;
  readonly host: TestHost;
  /** The host's engine, without tcompose. */
  readonly api: EngineApi;
  /** As `DOCKER_HOST` has it. */
  readonly url: string;
}

/**
 * Starts a host whose engine has the test images. It lets in whose home it is, who knows its key. Disposing ends the
 * host and removes the home.
 */
export async function startRemoteEngine(
  home: SshHome,
  options: StartHostOptions = {},
): Promise<RemoteEngine> {
  const hosts = await startHosts();
  const host = await hosts.start({
    image: 'bookworm-docker',
    authorizedKeys: [home.publicKey],
    ...options,
  });
  home.know(host.address, host.hostKey);
  const api = await host.dockerApi();
  await importTestImages(api);
  return {
    hosts,
    host,
    api,
    url: `ssh://root@${host.address}`,
    [Symbol.asyncDispose]: async () => {
      await hosts.close();
      home[Symbol.dispose]();
    },
  };
}

/** Runs tcompose on an engine, as the user whose home it is. */
export function tcomposeOn(
  engine: string,
  home: SshHome,
  args: readonly string[],
  options: RunOptions = {},
): Promise<Finished> {
  const env = { ...home.env, DOCKER_HOST: engine, ...options.env };
  return run(program, args, { timeout: 120_000, ...options, env });
}
