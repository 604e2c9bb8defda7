// A private engine that stays, for working on tests or trying things out:
//   node scripts/test-engines.mjs start [20.10|28]   prints DOCKER_HOST and where published ports are
//   node scripts/test-engines.mjs stop [20.10|28]
import { engineVersions } from '../test/support/engine-binaries.ts';
import { keepEngine, stopKeptEngine } from '../test/support/engine.ts';
import { importTestImages } from '../test/support/images.ts';

const [action, version = '28'] = process.argv.slice(2);
if (!['start', 'stop'].includes(action) || !engineVersions.includes(version)) {
  console.error(`usage: node scripts/test-engines.mjs start|stop [${engineVersions.join('|')}]`);
  process.exit(2);
}
if (action === 'stop') {
  await stopKeptEngine(version);
} else {
  const engine = await keepEngine(version);
  await importTestImages(engine.api);
  console.log(`export DOCKER_HOST=${engine.dockerHost}  # published ports: ${engine.address}`);
}
