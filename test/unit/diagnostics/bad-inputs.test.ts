import { describe, expect, it } from 'vitest';
import type { FileAccess } from '../../../src/compose/files.ts';
import { loadProject } from '../../../src/compose/load.ts';
import { resolveProjectOptions } from '../../../src/compose/project-options.ts';
import type { Diagnostic } from '../../../src/compose/diagnostic.ts';
import { formatDiagnostics } from '../../../src/output/diagnostics.ts';
import { badInputs, type BadInput } from './bad-inputs.ts';
import { expectedOutputs } from './expected-outputs.ts';

const ROOT = '/app';

function inMemory(files: Readonly<Record<string, string>>): FileAccess {
  const content = (path: string): string | undefined => {
    const name = path.startsWith(`${ROOT}/`) ? path.slice(ROOT.length + 1) : undefined;
    return name !== undefined && Object.hasOwn(files, name) ? files[name] : undefined;
  };
  return {
    home: '/home/user',
    realPath: (path) => path,
    kind: (path) => {
      if (content(path) !== undefined) return 'file';
      return path === ROOT || path === '/' ? 'directory' : 'missing';
    },
    read: (path) => {
      const text = content(path);
      return text === undefined
        ? { ok: false, error: 'not-found', detail: 'no such file or directory' }
        : { ok: true, bytes: new TextEncoder().encode(text) };
    },
  };
}

function diagnose(input: BadInput): readonly Diagnostic[] {
  const files = inMemory(input.files);
  const { projectName } = input;
  const options = resolveProjectOptions(
    {
      files: input.load ?? [],
      envFiles: input.envFiles ?? [],
      profiles: input.profiles ?? [],
      ...(projectName === undefined ? {} : { projectName }),
    },
    { environment: { ...input.env }, cwd: ROOT, files },
  );
  if (!options.ok) return options.error;
  const loaded = loadProject(
    options.value,
    { services: input.services ?? [], uniqueContainerNames: true },
    files,
  );
  return loaded.ok ? loaded.value.warnings : loaded.error;
}

describe('bad input', () => {
  it.each(Object.entries(badInputs))('is explained: %s', (name, input) => {
    const found = diagnose(input);
    expect(found.some(({ severity }) => severity === 'error')).toBe(true);
    const printed = formatDiagnostics(found, { cwd: ROOT, color: false });
    expect(printed).toBe(`${(expectedOutputs[name] ?? []).join('\n')}\n`);
  });

  it('has an expected output for each case and no other', () => {
    expect(Object.keys(expectedOutputs)).toEqual(Object.keys(badInputs));
  });
});
