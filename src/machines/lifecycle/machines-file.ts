import type { Diagnostic } from '../../compose/diagnostic.ts';
import type { MapNode } from '../../compose/node.ts';
import type { SourceFile, Span } from '../../compose/source.ts';
import { parseYaml } from '../../compose/yaml.ts';
import type { ProviderFlagValues } from '../../providers/provider.ts';
import type { EngineOptions } from '../store/machine-record.ts';
import { machineNameFault } from '../store/machine-names.ts';
import { DEFAULT_ENGINE } from './create-request.ts';
import { FileReader, type MachineEntry } from './machines-file-reader.ts';

/** A machine that a `machines.yaml` asks for. */
export interface DesiredMachine {
  readonly name: string;
  /** Where it is in the file: `machines.web`. */
  readonly path: string;
  readonly driver: string;
  /** Flags of the driver without its name in front, as they are written. */
  readonly options: ProviderFlagValues;
  readonly engine: EngineOptions;
  /** Where its name is written. */
  readonly span: Span;
  /** Where its driver is written. */
  readonly driverSpan: Span;
  /** Where each option is written. */
  readonly optionSpans: ReadonlyMap<string, Span>;
}

export interface MachinesFile {
  /**
   * Name of the group: machines that belong to the file and are not in it any more can be removed. Without one in the
   * file, that is the file's own with its folder's.
   */
  readonly group: string;
  readonly machines: readonly DesiredMachine[];
}

/** A file that was read; `file` is absent when there are errors. */
export interface ParsedMachinesFile {
  readonly file?: MachinesFile;
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Reads a `machines.yaml`. Pure; all faults are collected, with file, line and column. Options are checked against
 * the driver's flags later, when the driver is known.
 */
export function parseMachinesFile(source: SourceFile): ParsedMachinesFile {
  const { documents, diagnostics: faults } = parseYaml(source);
  const reader = new FileReader([...faults]);
  const [root, second] = documents;
  if (second !== undefined)
    reader.fault(second.span, 'machines/several-documents', 'a second document is not read');
  if (root === undefined || root.kind !== 'map') {
    if (reader.diagnostics.length === 0) {
      const span = { file: source, start: 0, end: 0 };
      reader.fault(
        span,
        'machines/empty',
        'there are no machines in this file',
        "write 'machines:'",
      );
    }
    return { diagnostics: reader.diagnostics };
  }
  const file = readFile(reader, root);
  const failed = reader.diagnostics.some(({ severity }) => severity === 'error');
  return failed ? { diagnostics: reader.diagnostics } : { file, diagnostics: reader.diagnostics };
}

function readFile(reader: FileReader, root: MapNode): MachinesFile {
  reader.knownKeys(root, ['name', 'defaults', 'machines'], '');
  const name = root.entries.get('name')?.value;
  const given = name === undefined ? undefined : reader.text(name, 'name');
  const group = given ?? groupOf(root.span.file);
  const defaults = reader.entry(root.entries.get('defaults')?.value, 'defaults', false);
  const machines = root.entries.get('machines')?.value;
  if (machines === undefined) {
    reader.fault(root.span, 'machines/missing-key', "missing property 'machines'");
    return { group, machines: [] };
  }
  const found: DesiredMachine[] = [];
  const spans = new Map<string, Span>();
  for (const [base, { keySpan, value }] of reader.map(machines, 'machines')?.entries ?? []) {
    const path = `machines.${base}`;
    const entry = reader.entry(value, path, true);
    const driver = entry.driver ?? defaults.driver;
    // Of those with numbers, the last name is the longest.
    const longest = numbered(base, entry.count).at(-1) ?? base;
    const nameFault = machineNameFault(longest);
    if (nameFault !== undefined) {
      const message = `${longest} cannot be the name of a machine`;
      reader.fault(keySpan, 'machines/name', message, nameFault);
    }
    if (driver === undefined) {
      reader.fault(
        keySpan,
        'machines/missing-key',
        `${path} missing property 'driver'`,
        "write 'driver: generic', or it into 'defaults'",
      );
      continue;
    }
    const common = commonOf(entry, defaults, { path, driver, span: keySpan });
    for (const machine of numbered(base, entry.count)) {
      // Names that differ in case only are one machine to the store.
      const other = spans.get(machine.toLowerCase());
      if (other !== undefined) {
        reader.fault(
          keySpan,
          'machines/same-name',
          `two machines are called ${machine}`,
          'change a name or a count',
        );
      }
      spans.set(machine.toLowerCase(), keySpan);
      found.push({ name: machine, ...common });
    }
  }
  return { group, machines: found };
}

/** What all machines of an entry have. */
function commonOf(
  entry: MachineEntry,
  defaults: MachineEntry,
  place: Pick<DesiredMachine, 'path' | 'driver' | 'span'>,
): Omit<DesiredMachine, 'name'> {
  const options = new Map([
    ...(entry.driver === undefined || entry.driver === defaults.driver ? defaults.options : []),
    ...entry.options,
  ]);
  return {
    ...place,
    options: Object.fromEntries([...options].map(([key, { value }]) => [key, value])),
    engine: { ...DEFAULT_ENGINE, ...defaults.engine, ...entry.engine },
    driverSpan: entry.driverSpan ?? defaults.driverSpan ?? place.span,
    optionSpans: new Map([...options].map(([key, { span }]) => [key, span])),
  };
}

/** Files of other folders, and others of this folder, have machines of their own: `shop/machines.yaml`. */
function groupOf({ path }: SourceFile): string {
  return path
    .split(/[/\\]/)
    .filter((part) => part !== '')
    .slice(-2)
    .join('/');
}

/** Without a count, one machine with just this name. */
function numbered(base: string, count: number | undefined): string[] {
  if (count === undefined) return [base];
  return Array.from({ length: count }, (_, index) => `${base}-${index + 1}`);
}
