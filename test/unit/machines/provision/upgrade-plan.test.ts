import { describe, expect, it } from 'vitest';
import type { HostFacts } from '../../../../src/machines/provision/facts.ts';
import {
  findUpgradable,
  listedVersions,
  planUpgrade,
  type UpgradePlan,
} from '../../../../src/machines/provision/upgrade-plan.ts';
import { debianWithEngine } from './fixtures.ts';

function docker(version: string, offered: readonly string[]): HostFacts {
  const engine = { ...debianWithEngine.engine, owner: 'docker-ce' } as HostFacts['engine'];
  const packages = {
    'docker-ce': { version, complete: true },
    'docker-ce-cli': { version, complete: true },
  };
  return { ...debianWithEngine, engine, packages, versions: { 'docker-ce': offered } };
}

function rpm(version: string, os: { readonly id: string; readonly version: string }): HostFacts {
  const owner = os.id === 'amzn' ? 'docker' : 'docker-ce';
  const engine = { ...debianWithEngine.engine, owner } as HostFacts['engine'];
  const packages = { [owner]: { version, complete: true } };
  const system = { ...debianWithEngine.os, ...os };
  return { ...debianWithEngine, os: system, packager: 'dnf', engine, packages, versions: {} };
}

function planned(facts: HostFacts, wanted?: string): UpgradePlan {
  const from = findUpgradable(facts);
  if (!from.ok) throw new Error(from.error.message);
  const plan = planUpgrade(facts, from.value, wanted);
  if (!plan.ok) throw new Error(plan.error.message);
  return plan.value;
}

const tail = (plan: UpgradePlan): readonly (string | undefined)[] =>
  plan.steps.map(({ argv }) =>
    argv.slice(argv.findIndex((word) => /^(install|upgrade|downgrade)$/.test(word))).join(' '),
  );

const offered = ['5:29.0.0-1~x', '5:28.5.2-1~x', '5:28.5.1-1~x'];

describe('upgrades', () => {
  it.each([
    ['5:28.5.1-1~x', undefined, '5:29.0.0-1~x'],
    ['5:28.5.1-1~x', '28', '5:28.5.2-1~x'],
    ['5:28.5.1-1~x', '28.5.1', undefined],
    ['5:29.0.0-1~x', '28', '5:28.5.2-1~x'],
    ['5:29.0.0-1~x', '28.5.1', '5:28.5.1-1~x'],
    ['5:29.0.0-1~x', undefined, undefined],
    // Versions that no source has any more, newer than all that are left.
    ['5:28.5.9-1~x', '28', undefined],
    ['5:30.0.0-1~x', undefined, undefined],
  ])('of %s to %s go to %s', (version, wanted, to) => {
    expect(planned(docker(version, offered), wanted).to).toBe(to);
  });

  it('change the packages that are there, see whether the engine runs, and can go back', () => {
    const plan = planned(docker('5:28.5.1-1~x', offered), '28.5.2');
    expect(tail(plan)[0]).toBe('install docker-ce=5:28.5.2-1~x docker-ce-cli=5:28.5.2-1~x');
    const undo = plan.steps[1]?.undo ?? [];
    expect(undo.map(({ title }) => title)).toEqual([
      'change to docker-ce 5:28.5.1-1~x',
      'start the engine',
    ]);
    expect(plan.notes).toEqual([
      'the engine restarts and stops its 3 containers, as live-restore is off',
    ]);
  });

  it('say before when there is no way back', () => {
    const plan = planned(docker('5:28.5.0-1~x', offered));
    expect(plan.steps[1]?.undo).toBe(undefined);
    expect(plan.notes.join()).toContain('docker-ce 5:28.5.0-1~x is not on offer any more');
  });

  it('on the Red Hat family name versions as its tools take them', () => {
    const rocky = rpm('28.5.2-1.el9', { id: 'rocky', version: '9.4' });
    const among = (facts: HostFacts, name: string): HostFacts => ({
      ...facts,
      versions: { [name]: ['29.0.0-1.el9', '28.5.2-1.el9', '28.5.1-1.el9'] },
    });
    const known = among(rocky, 'docker-ce');
    expect(tail(planned(known))[0]).toBe('upgrade docker-ce');
    expect(tail(planned(known, '28.5.1'))[0]).toBe('install docker-ce-28.5.1-1.el9');
    expect(planned(known, '28').steps).toEqual([]);
    const undo = planned(known, '29').steps[1]?.undo ?? [];
    expect(undo[0]?.argv.at(-1)).toBe('docker-ce-28.5.2-1.el9');
    const amazon = among(rpm('28.5.2-1.el9', { id: 'amzn', version: '2' }), 'docker');
    expect(tail(planned(amazon, '28.5.1'))[0]).toBe('downgrade docker-28.5.1-1.el9');
    expect(tail(planned(amazon, '29.0.0'))[0]).toBe('install docker-29.0.0-1.el9');
  });

  it('know what dnf lists', () => {
    const listed = `Available Packages
docker-ce.x86_64        3:28.5.2-1.el9        docker-ce-stable
docker-ce.x86_64        3:28.10.0-1.el9       docker-ce-stable
docker-ce-cli.x86_64    1:29.0.0-1.el9        docker-ce-stable
docker-ce.x86_64        3:28.5.2-2.el9        docker-ce-stable
`;
    expect(listedVersions(listed, 'docker-ce')).toEqual([
      '28.10.0-1.el9',
      '28.5.2-2.el9',
      '28.5.2-1.el9',
    ]);
  });
});
