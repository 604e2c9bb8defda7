import { describe, expect, it } from 'vitest';
import { absenceHint, absentServices } from '../../../src/app/absent-services.ts';
import { LABEL } from '../../../src/engine/labels.ts';

const row = (service: string) => ({
  Id: service,
  Names: [`/p-${service}-1`],
  Image: '',
  ImageID: '',
  Created: 0,
  State: 'exited',
  Status: '',
  Labels: { [LABEL.service]: service },
});

describe('services without containers', () => {
  it('are those that nothing was found of', () => {
    expect(absentServices(['web', 'db'], [row('db')])).toEqual(['web']);
    expect(absentServices([], [row('db')])).toEqual([]);
  });

  it.each([
    [['web'], [], 'project p has no containers; "ls -a" lists those that do'],
    [['wbe'], ['web', 'db'], 'did you mean web?'],
    [['queue'], ['web', 'db'], 'services with containers: db, web'],
    [['web'], ['web'], 'nothing of it runs; "ps -a web" tells why'],
    [[], ['web'], 'nothing of it runs; "ps -a" tells why'],
  ])('%j of %j: %s', (services, found, expected) => {
    expect(absenceHint({ project: 'p', services }, found.map(row))).toBe(expected);
  });
});
