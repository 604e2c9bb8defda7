import type { Volume } from '../compose/model.ts';
import { resourceLabels } from './labels.ts';
import type { ResourceContext } from './network-config.ts';
import { compact, orAbsent } from './request-body.ts';

/** Body of `POST /volumes/create`. */
export function volumeRequest(volume: Volume, context: ResourceContext): object {
  return compact({
    Name: context.name,
    Driver: volume.driver,
    DriverOpts: orAbsent(volume.driver_opts),
    Labels: resourceLabels(volume.labels, {
      project: context.project,
      kind: 'volume',
      key: context.key,
      version: context.toolVersion,
      configHash: context.configHash,
    }),
  });
}
