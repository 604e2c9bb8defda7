// Prints the paths of the reference tools, fetching them first where the cache lacks them:
//   node scripts/reference-binaries.mjs [TOOL...]
import { referenceBinary, referenceTools } from '../test/support/reference.ts';

const asked = process.argv.slice(2);
const unknown = asked.filter((tool) => !referenceTools.includes(tool));
if (unknown.length > 0) {
  console.error(`unknown: ${unknown.join(', ')} (known: ${referenceTools.join(', ')})`);
  process.exit(2);
}
for (const tool of asked.length > 0 ? asked : referenceTools) {
  console.log(`${tool} ${await referenceBinary(tool)}`);
}
