/** What is measured, against what, and how it has to compare. */
import type { FloorWork } from './floor.ts';
import { chainProject, independentProject, largeProject } from './projects.ts';

/** One row of the table. */
export interface Case {
  readonly title: string;
  readonly file: string;
  /** The measured arguments. */
  readonly args: readonly string[];
  /** Not measured, before each run. */
  readonly before?: readonly string[];
  /** Not measured, after each run. */
  readonly after?: readonly string[];
  /** Not measured, once before all runs; the project is removed after the last. */
  readonly once?: readonly string[];
  /** `typed`: `docker compose` as users type it; `binary`: its plugin run directly. */
  readonly against: 'typed' | 'binary';
  readonly repeat: number;
  /** What bare API calls would do in its place. */
  readonly floor?: { readonly work: FloorWork; readonly services: number };
  /** The engine is that of a host that is reached over SSH, so many milliseconds of a round trip away. */
  readonly ssh?: { readonly roundTrip: number };
  /** Greatest ratio of wall time that is good enough. */
  readonly budget: number;
}

const small = independentProject(3);
const up = ['up', '-d'];
const down = ['down', '-t', '5'];

const count = (services: number): string =>
  `${services} ${services === 1 ? 'service' : 'services'}`;

/** All cases; titles name what the user would say. */
export const cases: readonly Case[] = [
  { title: 'version', file: small, args: ['version'], against: 'typed', repeat: 9, budget: 0.6 },
  {
    title: 'config, 3 services',
    file: small,
    args: ['config'],
    against: 'typed',
    repeat: 9,
    budget: 0.6,
  },
  {
    title: 'ps, 3 services',
    file: small,
    args: ['ps'],
    once: up,
    against: 'typed',
    repeat: 9,
    budget: 0.6,
  },
  ...[10, 100, 1000].map((services): Case => ({
    title: `config, ${services} services`,
    file: largeProject(services),
    args: ['config'],
    against: 'binary',
    repeat: services === 1000 ? 5 : 9,
    budget: 1,
  })),
  ...[1, 10, 50].flatMap((services): readonly Case[] => [
    {
      title: `up -d, ${count(services)}`,
      file: independentProject(services),
      args: up,
      after: down,
      floor: { work: 'up', services },
      against: 'binary',
      repeat: services === 50 ? 3 : 5,
      budget: 1,
    },
    {
      title: `down, ${count(services)}`,
      file: independentProject(services),
      args: down,
      before: up,
      floor: { work: 'down', services },
      against: 'binary',
      repeat: services === 50 ? 3 : 5,
      budget: 1,
    },
  ]),
  ...[
    { work: 'up -d with nothing to do', args: up },
    { work: 'ps', args: ['ps'] },
    { work: 'logs', args: ['logs'] },
  ].flatMap(({ work, args }) =>
    [1, 10, 50].map((services): Case => ({
      title: `${work}, ${count(services)}`,
      file: independentProject(services),
      args,
      once: up,
      against: 'binary',
      repeat: 5,
      budget: 1,
    })),
  ),
  {
    title: 'up -d --wait, chain of 10 that wait for health',
    file: chainProject(10),
    args: ['up', '-d', '--wait'],
    after: down,
    floor: { work: 'chain', services: 10 },
    against: 'binary',
    repeat: 3,
    budget: 0.6,
  },
  ...[0, 20].flatMap((roundTrip): readonly Case[] => {
    const away = roundTrip === 0 ? 'over SSH' : `over SSH, ${roundTrip} ms away`;
    const common = { ssh: { roundTrip }, against: 'binary', budget: 0.5 } as const;
    const ten = independentProject(10);
    return [
      {
        ...common,
        title: `ps ${away}, 3 services`,
        file: small,
        args: ['ps'],
        once: up,
        repeat: 7,
      },
      {
        ...common,
        title: `up -d ${away}, 10 services`,
        file: ten,
        args: up,
        after: down,
        repeat: 3,
      },
      {
        ...common,
        title: `up -d with nothing to do ${away}, 10 services`,
        file: ten,
        args: up,
        once: up,
        repeat: 5,
      },
    ];
  }),
];
