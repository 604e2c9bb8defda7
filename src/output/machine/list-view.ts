import type { MachineState } from '../../providers/provider.ts';
import type { ListView } from '../formatted-list.ts';

/** A line of `machine ls`, with the field names of docker-machine. */
export interface MachineRow {
  readonly Name: string;
  /** `-`, `*` or `* (swarm)`. */
  readonly Active: string;
  readonly ActiveHost: boolean;
  readonly ActiveSwarm: boolean;
  readonly DriverName: string;
  readonly State: MachineState | '';
  readonly URL: string;
  readonly Swarm: string;
  readonly SwarmOptions: object | null;
  readonly EngineOptions: object | null;
  readonly Error: string;
  /** `v28.5.1`, `Unknown`, or nothing when the machine was given up. */
  readonly DockerVersion: string;
  /** As Go prints it: `12ms`. */
  readonly ResponseTime: string;
}

const TABLE = String.raw`table {{.Name}}\t{{.Active}}\t{{.DriverName}}\t{{.State}}\t{{.URL}}\t{{.Swarm}}\t{{.DockerVersion}}\t{{.Error}}`;

/** How the machines are shown. */
export function machineView(rows: readonly MachineRow[]): ListView<MachineRow> {
  return {
    rows,
    typeName: 'commands.HostListItem',
    headings: {
      Name: 'NAME',
      Active: 'ACTIVE',
      ActiveHost: 'ACTIVE_HOST',
      ActiveSwarm: 'ACTIVE_SWARM',
      DriverName: 'DRIVER',
      State: 'STATE',
      URL: 'URL',
      SwarmOptions: 'SWARM_OPTIONS',
      Swarm: 'SWARM',
      EngineOptions: 'ENGINE_OPTIONS',
      Error: 'ERRORS',
      DockerVersion: 'DOCKER',
      ResponseTime: 'RESPONSE',
    },
    named: { '': TABLE, table: TABLE },
    columns: { minWidth: 5, padding: 3 },
  };
}
