import type { LoadRequest } from '../compose/load.ts';
import type { Rendered } from '../compose/rendered.ts';
import { yamlText } from '../compose/yaml-text.ts';
import { listVariables, type Variable } from '../compose/variables.ts';
import { goJson } from '../output/go-json.ts';
import type { GlobalOptions } from './global-options.ts';
import { formatPlain } from './list-format.ts';
import { openTree } from './load-project.ts';
import type { Session } from './session.ts';

const HEADING = ['NAME', 'REQUIRED', 'DEFAULT VALUE', 'ALTERNATE VALUE'];

export interface ConfigVariablesRequest {
  readonly load: LoadRequest;
  /** Services that were named; variables are of whole files, so this only warns. */
  readonly services: readonly string[];
  /** `table`, `json` or `yaml`. */
  readonly format: string;
}

/** `config --variables`: the variables that the files use, sorted by name. */
export async function configVariables(
  session: Session,
  global: GlobalOptions,
  { load, services, format }: ConfigVariablesRequest,
): Promise<string> {
  if (services.length > 0) {
    session.stderr.write(
      'warning: service filtering is not applied when --variables is set, variables from the full model will be rendered\n',
    );
  }
  const { tree } = await openTree(session, global, { ...load, skipInterpolation: true });
  const found = listVariables(tree);
  if (format === 'yaml') return yaml(found);
  if (['json', '{{json.}}'].includes(format.toLowerCase())) return json(found);
  const cells = found.map(({ name, required, defaultValue, alternateValue }) => [
    name,
    String(required),
    defaultValue,
    alternateValue,
  ]);
  return formatPlain({ heading: HEADING, cells, objects: [] }, format);
}

function json(found: readonly Variable[]): string {
  const rows = found.map(({ name, required, defaultValue, alternateValue }) => [
    name,
    { Name: name, DefaultValue: defaultValue, PresenceValue: alternateValue, Required: required },
  ]);
  return `${goJson(Object.fromEntries(rows), { indent: 4 })}\n\n`;
}

function yaml(found: readonly Variable[]): string {
  const rows = found.map(({ name, required, defaultValue, alternateValue }): [string, Rendered] => [
    name,
    new Map<string, Rendered>([
      ['name', name],
      ['defaultvalue', defaultValue],
      ['presencevalue', alternateValue],
      ['required', required],
    ]),
  ]);
  return yamlText(new Map(rows), 4);
}
