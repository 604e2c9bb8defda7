import type { SwarmOptions } from '../../output/machine/legacy-options.ts';
import type { MachineRow } from '../../output/machine/list-view.ts';

/** Whether DOCKER_HOST leads to the engine at a URL, or to the Swarm v1 that it was a master of. */
export function activity(
  url: string,
  swarm: SwarmOptions,
  dockerHost: string,
): Pick<MachineRow, 'Active' | 'ActiveHost' | 'ActiveSwarm'> {
  const port = (text: string): string => text.split(':').at(-1) ?? '';
  const swarmUrl = url.replace(`:${port(url)}`, `:${port(swarm.host)}`);
  const ActiveHost = url !== '' && url === dockerHost;
  const ActiveSwarm = swarm.master && url !== '' && swarmUrl === dockerHost;
  return { Active: ActiveSwarm ? '* (swarm)' : ActiveHost ? '*' : '-', ActiveHost, ActiveSwarm };
}
