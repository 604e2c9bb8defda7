// node scripts/test-summary.mjs FOLDER SUITE...: adds up vitest's JSON reports and prints one line.
// Exits 1 when something failed, or was skipped where CI=true: there, nothing may be missing.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const [folder, ...suites] = process.argv.slice(2);
const total = { passed: 0, failed: 0, skipped: 0 };

for (const suite of suites) {
  const report = readReport(suite);
  if (report === undefined) continue;
  for (const file of report.testResults) {
    for (const test of file.assertionResults) count(suite, file.name, test);
    const own = file.assertionResults.some((test) => test.status === 'failed');
    if (file.status === 'failed' && !own) {
      total.failed += 1;
      console.error(`FAILED ${suite}: ${file.name}: ${file.message}`);
    }
  }
}

const ci = process.env.CI === 'true';
if (ci && total.skipped > 0) console.error('skipped tests count as failure where CI=true');
const skipped = total.skipped > 0 ? `, ${total.skipped} skipped` : '';
console.log(`${total.passed} passed, ${total.failed} failed${skipped}`);
process.exit(total.failed > 0 || (ci && total.skipped > 0) ? 1 : 0);

/** A run that left no report, or a report without tests, has failed as a whole. */
function readReport(suite) {
  try {
    const report = JSON.parse(readFileSync(join(folder, `${suite}.json`), 'utf8'));
    if (report.testResults.length > 0) return report;
    console.error(`FAILED ${suite}: no tests ran`);
  } catch (error) {
    console.error(`FAILED ${suite}: no report (${error.message})`);
  }
  total.failed += 1;
  return undefined;
}

function count(suite, file, test) {
  if (test.status === 'passed') {
    total.passed += 1;
  } else if (test.status === 'failed') {
    total.failed += 1;
    console.error(`FAILED ${suite}: ${file}: ${test.fullName}`);
  } else {
    total.skipped += 1;
    console.error(`SKIPPED ${suite}: ${file}: ${test.fullName}`);
  }
}
