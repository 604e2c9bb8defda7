// node scripts/test-summary.mjs FOLDER SUITE...: adds up vitest's JSON reports and prints one line.
// Exits 1 when something failed, or was skipped where CI=true: there, nothing may be missing.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { failuresOf, readReport, withRepeated } from './test-reports.mjs';

const [folder, ...suites] = process.argv.slice(2);
const total = { passed: 0, failed: 0, skipped: 0, unsteady: 0 };

for (const suite of suites) {
  const { results, unsteady } = resultsOf(suite);
  for (const file of results) count(suite, file);
  for (const text of unsteady) {
    total.unsteady += 1;
    console.error(`UNSTEADY ${suite}: ${text}: failed, and passed when its file was run again`);
  }
}

const ci = process.env.CI === 'true';
if (ci && total.skipped > 0) console.error('skipped tests count as failure where CI=true');
const skipped = total.skipped > 0 ? `, ${total.skipped} skipped` : '';
const unsteady = total.unsteady > 0 ? `, ${total.unsteady} unsteady` : '';
console.log(`${total.passed} passed, ${total.failed} failed${skipped}${unsteady}`);
process.exit(total.failed > 0 || (ci && total.skipped > 0) ? 1 : 0);

/** A run whose report cannot be read has failed as a whole. */
function resultsOf(suite) {
  try {
    const again = `${suite}-again`;
    const isRepeated = existsSync(join(folder, `${again}.json`));
    return withRepeated(
      readReport(folder, suite),
      isRepeated ? readReport(folder, again) : undefined,
    );
  } catch (error) {
    console.error(`FAILED ${suite}: ${error.message}`);
    total.failed += 1;
    return { results: [], unsteady: [] };
  }
}

function count(suite, file) {
  for (const failure of failuresOf(file)) {
    total.failed += 1;
    console.error(`FAILED ${suite}: ${file.name}: ${failure}`);
  }
  for (const { status, fullName } of file.assertionResults) {
    if (status === 'passed') total.passed += 1;
    else if (status !== 'failed') {
      total.skipped += 1;
      console.error(`SKIPPED ${suite}: ${file.name}: ${fullName}`);
    }
  }
}
