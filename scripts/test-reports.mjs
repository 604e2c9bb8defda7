// What vitest's JSON reports say: which files failed, and how a suite ended whose failed files were run once more.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Files of tests that are run again; where more fail, it is not chance. */
const FEW = 3;

/** @throws when a suite left no report, or one without tests, or ended with an error that is of no test */
export function readReport(folder, name) {
  const report = JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8'));
  if (report.testResults.length === 0) throw new Error('no tests ran');
  const status = readFileSync(join(folder, `${name}.status`), 'utf8').trim();
  if (status !== '0' && !report.testResults.some(hasFailed)) {
    throw new Error(`no test failed, and yet it ended with ${status}: see the errors above`);
  }
  return report;
}

/** Files to run once more: those that failed, unless they are many. */
export function filesToRepeat(report) {
  const failed = report.testResults.filter(hasFailed).map(({ name }) => name);
  return failed.length <= FEW ? failed : [];
}

/**
 * The results of a suite by file, those of the second run in place of the first one's; and the tests that failed in the
 * first and passed in the second, which somebody has to look into.
 */
export function withRepeated(report, again) {
  const repeated = new Map((again?.testResults ?? []).map((file) => [file.name, file]));
  const unsteady = [];
  const results = report.testResults.map((file) => {
    const second = repeated.get(file.name);
    if (second === undefined) return file;
    if (!hasFailed(second))
      unsteady.push(...failuresOf(file).map((what) => `${file.name}: ${what}`));
    return second;
  });
  return { results, unsteady };
}

/** Names of the tests of a file that failed; its message where it is the file as a whole. */
export function failuresOf(file) {
  const failed = file.assertionResults.filter(({ status }) => status === 'failed');
  if (failed.length > 0) return failed.map(({ fullName }) => fullName);
  return file.status === 'failed' ? [file.message] : [];
}

function hasFailed(file) {
  return failuresOf(file).length > 0;
}
