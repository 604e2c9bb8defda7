/** What is measured, against what, and how it has to compare. */
import type { Half } from './floor.ts';
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
  readonly floor?: { readonly half: Half; readonly services: number };
  /** Greatest ratio of wall time that is good enough. */
  readonly budget: number;
}

const small = independentProject(3);
const up = ['up', '-d'];
const down = ['down', '-t', '5'];

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
      title: `up -d, ${services} services`,
      file: independentProject(services),
      args: up,
      after: down,
      floor: { half: 'up', services },
      against: 'binary',
      repeat: services === 50 ? 3 : 5,
      budget: 1,
    },
    {
      title: `down, ${services} services`,
      file: independentProject(services),
      args: down,
      before: up,
      floor: { half: 'down', services },
      against: 'binary',
      repeat: services === 50 ? 3 : 5,
      budget: 1,
    },
  ]),
  ...[
    { title: 'up -d with nothing to do, 50 services', args: up },
    { title: 'ps, 50 services', args: ['ps'] },
    { title: 'logs, 50 services', args: ['logs'] },
  ].map(({ title, args }): Case => ({
    title,
    file: independentProject(50),
    args,
    once: up,
    against: 'binary',
    repeat: 5,
    budget: 1,
  })),
  {
    title: 'up -d --wait, chain of 10 that wait for health',
    file: chainProject(10),
    args: ['up', '-d', '--wait'],
    after: down,
    against: 'binary',
    repeat: 3,
    budget: 0.6,
  },
];
