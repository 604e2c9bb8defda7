// node scripts/test-failed-files.mjs FOLDER SUITE: prints the few files whose tests failed, one a line; see
// test-reports.mjs.
import { filesToRepeat, readReport } from './test-reports.mjs';

const [folder, suite] = process.argv.slice(2);
try {
  for (const file of filesToRepeat(readReport(folder, suite))) console.log(file);
} catch {
  // The summary tells that there is no report.
}
