import type { StatsEntry } from '../engine/stats/stats-board.ts';
import type { ListView } from './formatted-list.ts';
import { binarySize, humanSize } from './human.ts';

/** A row of `stats`, by the names that templates use. */
export interface StatsRow {
  readonly BlockIO: string;
  readonly CPUPerc: string;
  readonly Container: string;
  readonly ID: string;
  readonly MemPerc: string;
  readonly MemUsage: string;
  readonly Name: string;
  readonly NetIO: string;
  readonly PIDs: string;
}

export interface StatsStyle {
  /** Cut ids. */
  readonly truncate: boolean;
  /** `linux` or `windows`, which tells less. */
  readonly osType: string;
}

const ID_LENGTH = 12;
const UNKNOWN = '--';

const LINUX = String.raw`table {{.ID}}\t{{.Name}}\t{{.CPUPerc}}\t{{.MemUsage}}\t{{.MemPerc}}\t{{.NetIO}}\t{{.BlockIO}}\t{{.PIDs}}`;
const WINDOWS = String.raw`table {{.ID}}\t{{.Name}}\t{{.CPUPerc}}\t{{.MemUsage}}\t{{.NetIO}}\t{{.BlockIO}}`;

/** The list of `stats`, for {@link formatList}. */
export function statsView(entries: readonly StatsEntry[], style: StatsStyle): ListView<StatsRow> {
  const windows = style.osType === 'windows';
  const table = windows ? WINDOWS : LINUX;
  return {
    rows: entries.map((entry) => statsRow(entry, style)),
    typeName: '*container.statsContext',
    headings: {
      BlockIO: 'BLOCK I/O',
      CPUPerc: 'CPU %',
      Container: 'CONTAINER',
      ID: 'CONTAINER ID',
      MemPerc: 'MEM %',
      MemUsage: windows ? 'PRIV WORKING SET' : 'MEM USAGE / LIMIT',
      Name: 'NAME',
      NetIO: 'NET I/O',
      PIDs: 'PIDS',
    },
    named: { table, '': table },
  };
}

/** One container's figures as docker words them. */
export function statsRow({ id, name, sample }: StatsEntry, style: StatsStyle): StatsRow {
  const windows = style.osType === 'windows';
  const { truncate } = style;
  const identity = { Container: id, ID: truncate ? id.slice(0, ID_LENGTH) : id, Name: name };
  if (sample === undefined) {
    return {
      BlockIO: UNKNOWN,
      CPUPerc: UNKNOWN,
      ...identity,
      MemPerc: UNKNOWN,
      MemUsage: '-- / --',
      NetIO: UNKNOWN,
      PIDs: UNKNOWN,
    };
  }
  const used = binarySize(sample.memory);
  return {
    BlockIO: pair(sample.read, sample.written),
    CPUPerc: percent(sample.cpu),
    ...identity,
    MemPerc: windows ? UNKNOWN : percent(sample.memoryShare),
    MemUsage: windows ? used : `${used} / ${binarySize(sample.memoryLimit)}`,
    NetIO: pair(sample.received, sample.sent),
    PIDs: windows ? UNKNOWN : String(sample.processes),
  };
}

function percent(value: number): string {
  return `${value.toFixed(2)}%`;
}

function pair(first: number, second: number): string {
  return `${humanSize(first, 3)} / ${humanSize(second, 3)}`;
}
