import { describe, expect, it } from 'vitest';
import { volumeView } from '../../../src/app/list-volumes.ts';
import { volumeRow } from '../../../src/app/volume-row.ts';
import { formatList } from '../../../src/output/formatted-list.ts';

const volume = {
  Name: 'shop_data',
  Driver: 'local',
  Scope: 'local',
  Mountpoint: '/var/lib/docker/volumes/shop_data/_data',
  Labels: { 'com.example.b': '2', a: '1' },
};

describe('a row of volumes', () => {
  it('has what docker volume ls has', () => {
    expect(JSON.parse(formatList(volumeView([volumeRow(volume)]), 'json'))).toEqual({
      Availability: 'N/A',
      Driver: 'local',
      Group: 'N/A',
      Labels: 'a=1,com.example.b=2',
      Links: 'N/A',
      Mountpoint: '/var/lib/docker/volumes/shop_data/_data',
      Name: 'shop_data',
      Scope: 'local',
      Size: 'N/A',
      Status: 'N/A',
    });
  });

  it('is shown in a table of drivers and names', () => {
    expect(formatList(volumeView([volumeRow(volume)]), 'table')).toBe(
      'DRIVER    VOLUME NAME\nlocal     shop_data\n',
    );
  });

  it('gives usage where the engine does', () => {
    const used = volumeRow({ ...volume, UsageData: { RefCount: 2, Size: 12_345 } });
    expect(used).toMatchObject({ Links: '2', Size: '12.35kB' });
  });

  it.each([
    [{ Spec: {} }, 'pending creation'],
    [{ Spec: {}, Info: { VolumeID: 'x' } }, 'created'],
    [{ Spec: {}, Info: { VolumeID: 'x' }, PublishStatus: [{}] }, 'in use (1 node)'],
    [{ Spec: {}, Info: { VolumeID: 'x' }, PublishStatus: [{}, {}] }, 'in use (2 nodes)'],
  ])('tells how a cluster volume %j fares', (ClusterVolume, Status) => {
    expect(volumeRow({ ...volume, ClusterVolume })).toMatchObject({ Status, Group: '' });
  });
});
