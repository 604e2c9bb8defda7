import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const scripts = join(import.meta.dirname, '../../scripts');
let folder: string;

beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'tcompose-reports-'))));
afterEach(() => rmSync(folder, { recursive: true }));

/** A report of files whose tests ended so: `{ 'a.test.ts': 'passed failed' }`. */
function report(name: string, files: Readonly<Record<string, string>>, ended?: number): void {
  const testResults = Object.entries(files).map(([file, statuses]) => ({
    name: file,
    status: statuses.includes('failed') ? 'failed' : 'passed',
    message: '',
    assertionResults: statuses.split(' ').map((status, at) => ({ status, fullName: `test ${at}` })),
  }));
  const status = ended ?? (testResults.some((file) => file.status === 'failed') ? 1 : 0);
  writeFileSync(join(folder, `${name}.status`), `${status}\n`);
  writeFileSync(join(folder, `${name}.json`), JSON.stringify({ testResults }));
}

function run(script: string, ...suites: string[]) {
  const argv = [join(scripts, script), folder, ...suites];
  const env = { ...process.env, CI: 'true' };
  const { status, stdout, stderr } = spawnSync(process.execPath, argv, { encoding: 'utf8', env });
  return { status, stdout, stderr };
}

describe('the summary of the tests', () => {
  it('adds up what passed', () => {
    report('unit', { a: 'passed passed' });
    report('machines', { b: 'passed' });
    expect(run('test-summary.mjs', 'unit', 'machines')).toEqual({
      status: 0,
      stdout: '3 passed, 0 failed\n',
      stderr: '',
    });
  });

  it('fails for a test that failed, that was left out, and for a suite without tests', () => {
    report('unit', { a: 'passed failed' });
    report('integration', { a: 'passed skipped' });
    report('machines', {});
    expect(run('test-summary.mjs', 'unit').status).toBe(1);
    expect(run('test-summary.mjs', 'integration').status).toBe(1);
    expect(run('test-summary.mjs', 'machines').status).toBe(1);
    const all = run('test-summary.mjs', 'unit', 'integration', 'machines', 'none');
    expect(all).toMatchObject({ status: 1, stdout: '2 passed, 3 failed, 1 skipped\n' });
    expect(all.stderr).toContain('FAILED unit: a: test 1\nSKIPPED integration: a: test 1\n');
  });

  it('fails for a suite that ended with an error which is of no test', () => {
    report('unit', { a: 'passed' }, 1);
    expect(run('test-summary.mjs', 'unit')).toEqual({
      status: 1,
      stdout: '0 passed, 1 failed\n',
      stderr: 'FAILED unit: no test failed, and yet it ended with 1: see the errors above\n',
    });
  });

  it('tells what failed and passed when its file was run again, and counts it as passed', () => {
    report('machines', { a: 'passed failed', b: 'passed' });
    report('machines-again', { a: 'passed passed' });
    expect(run('test-summary.mjs', 'machines')).toEqual({
      status: 0,
      stdout: '3 passed, 0 failed, 1 unsteady\n',
      stderr: 'UNSTEADY machines: a: test 1: failed, and passed when its file was run again\n',
    });
  });

  it('fails for what failed again', () => {
    report('machines', { a: 'failed', b: 'failed' });
    report('machines-again', { a: 'failed', b: 'passed' });
    expect(run('test-summary.mjs', 'machines')).toMatchObject({
      status: 1,
      stdout: '1 passed, 1 failed, 1 unsteady\n',
    });
  });
});

it('few files that failed are run again, many are not', () => {
  report('few', { a: 'failed', b: 'passed', c: 'passed failed' });
  report('many', { a: 'failed', b: 'failed', c: 'failed', d: 'failed' });
  expect(run('test-failed-files.mjs', 'few').stdout).toBe('a\nc\n');
  expect(run('test-failed-files.mjs', 'many').stdout).toBe('');
  expect(run('test-failed-files.mjs', 'none')).toMatchObject({ status: 0, stdout: '' });
});
