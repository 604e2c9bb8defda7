import { existsSync } from 'node:fs';
import type { Diagnostic } from '../compose/diagnostic.ts';
import { containerFiles } from '../compose/container-files.ts';
import type { Project, Service } from '../compose/model.ts';
import { InvalidProject } from './failure.ts';
import type { Operation } from './operation.ts';

/**
 * The project as an engine on another host can have it: bind mounts that are there, configs and secrets that are
 * written into containers, because there is no file to mount. For engines of this computer it stays as it is.
 *
 * @throws InvalidProject for what cannot work
 */
export async function inReach(
  operation: Operation,
  project: Project,
  { syncBinds, act }: { readonly syncBinds: boolean | undefined; readonly act: boolean },
): Promise<Project> {
  if (operation.engine.endpoint.kind !== 'ssh') return project;
  const { wantsSync, withRemoteBinds } = await import('./remote-binds.ts');
  const sync = wantsSync(project, syncBinds);
  return await withRemoteBinds(operation, withFilesCopied(project), { sync, act });
}

/** Files of configs and secrets are of this computer, wherever the engine is, if they are here. */
function withFilesCopied(project: Project): Project {
  const files = [...Object.values(project.secrets), ...Object.values(project.configs)];
  const here = files.flatMap(({ file = '' }) => (file !== '' && existsSync(file) ? [file] : []));
  if (here.length === 0) return project;
  const unseen = { ...project, unseenFiles: new Set(here) };
  const faults = Object.values(project.services).flatMap((service) => readOnly(unseen, service));
  if (faults.length > 0) throw new InvalidProject(faults);
  return unseen;
}

/** A file system that is read-only takes no copies. */
function readOnly(project: Project, service: Service): readonly Diagnostic[] {
  if (service.read_only !== true) return [];
  return containerFiles(project, service).flatMap(
    ({ kind, reference, object: { file = '' } }): readonly Diagnostic[] => {
      if (project.unseenFiles?.has(file) !== true) return [];
      const index = (service[`${kind}s`] ?? []).indexOf(reference);
      return [
        {
          severity: 'error',
          code: 'engine/remote-file',
          message: `${file} is on this computer, so the engine cannot mount it, and service "${service.name}" is read-only, so it cannot be written into its containers`,
          path: `services.${service.name}.${kind}s[${index}]`,
          hint: 'bind it with "volumes" and --sync-binds, or put it into the image',
        },
      ];
    },
  );
}

/** Copies what changed of bind mounts for containers that exist already, where that is asked for. */
export async function refreshBinds(
  { operation, project }: { readonly operation: Operation; readonly project: Project },
  { syncBinds, dryRun }: { readonly syncBinds: boolean; readonly dryRun: boolean },
): Promise<void> {
  if (operation.engine.endpoint.kind !== 'ssh' || dryRun) return;
  const { openBindCopies, syncBinds: sync, wantsSync } = await import('./remote-binds.ts');
  if (!wantsSync(project, syncBinds)) return;
  const binds = await openBindCopies(operation, project);
  if (binds !== undefined) await sync(operation, binds);
}
