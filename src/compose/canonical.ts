import { expandAttestation, expandBuild, expandContexts } from './build.ts';
import { expandDependsOn } from './depends-on.ts';
import { expandDevice } from './devices.ts';
import type { Diagnostic } from './diagnostic.ts';
import { expandEnvFile } from './env-file-list.ts';
import { expandExternal } from './external.ts';
import type { ExternalContext } from './external.ts';
import { expandFileReference } from './file-reference.ts';
import { expandGpus } from './gpus.ts';
import type { MapNode, Node } from './node.ts';
import { pathRules } from './path-rules.ts';
import { expandPorts } from './ports.ts';
import { treeFault } from './short-form.ts';
import { expandSsh } from './ssh.ts';
import { expandExtends, expandNames, expandStringList } from './string-lists.ts';
import { rewriteTree } from './tree-edit.ts';
import { expandVolume } from './volumes.ts';

type Expansion = (node: Node, context: ExternalContext) => Node;

/** Every place that has a short form. */
const EXPANSIONS = pathRules<Expansion>({
  'services.*.build': expandBuild,
  'services.*.build.secrets.*': expandFileReference,
  'services.*.build.provenance': expandAttestation,
  'services.*.build.sbom': expandAttestation,
  'services.*.build.additional_contexts': expandContexts,
  'services.*.build.ssh': expandSsh,
  'services.*.depends_on': expandDependsOn,
  'services.*.env_file': expandEnvFile,
  'services.*.label_file': expandStringList,
  'services.*.extends': expandExtends,
  'services.*.gpus': expandGpus,
  'services.*.networks': expandNames,
  'services.*.models': expandNames,
  'services.*.volumes.*': expandVolume,
  'services.*.dns': expandStringList,
  'services.*.devices.*': expandDevice,
  'services.*.secrets.*': expandFileReference,
  'services.*.configs.*': expandFileReference,
  'services.*.ports': expandPorts,
  'services.*.develop.watch.*.ignore': expandStringList,
  'services.*.develop.watch.*.include': expandStringList,
  'volumes.*': expandExternal,
  'networks.*': expandExternal,
  'secrets.*': expandExternal,
  'configs.*': expandExternal,
});

/**
 * Replaces every short form of the Compose specification by its long form, so that later stages know
 * one shape only. Running it again changes nothing. A node of an unknown shape is left alone: the
 * schema check reports it. With `ignoreParseErrors` (variables were not replaced) a text that cannot
 * be read stays as it was written.
 */
export function canonicalize(
  tree: MapNode,
  { ignoreParseErrors = false }: { readonly ignoreParseErrors?: boolean } = {},
): { node: MapNode; diagnostics: readonly Diagnostic[] } {
  const diagnostics: Diagnostic[] = [];
  const node = rewriteTree(tree, EXPANSIONS, (expand, place, path) =>
    expand(place, {
      path,
      fault: (code, message, culprit, key) => {
        if (ignoreParseErrors) return;
        const at = key === undefined ? path : [...path, key];
        diagnostics.push(treeFault(at, culprit, { code, message }));
      },
      warning: (code, message, culprit) => {
        diagnostics.push({ ...treeFault(path, culprit, { code, message }), severity: 'warning' });
      },
    }),
  );
  return { node, diagnostics };
}
