// node scripts/corpus-ratchet.mjs FOLDER: how many cases of the compatibility corpus tcompose answers as
// the reference does, against the numbers in test/corpus-ratchet.json, which may only rise.
//
// `config` compares resolved models, all of them; `inspect` compares what `up --no-start` creates on an
// engine with what docker-compose creates there, for a sample (CORPUS_INSPECT=all: for all, slowly).
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { cache, checkout } from '../test/support/debian.ts';
import { startEngine, stopEngine } from '../test/support/engine.ts';
import { importTestImages } from '../test/support/images.ts';
import { referenceBinary } from '../test/support/reference.ts';

const corpus = process.argv[2];
if (corpus === undefined || !existsSync(join(corpus, 'compare.mjs'))) {
  console.log(
    `SKIPPED: there is no corpus at ${corpus}; compatibility was NOT compared with the reference`,
  );
  process.exit(0);
}

const wanted = JSON.parse(readFileSync(join(checkout, 'test/corpus-ratchet.json'), 'utf8'));
const reports = join(cache, 'reports');
mkdirSync(reports, { recursive: true });
const tcompose = join(checkout, 'bin/tcompose');

/** Runs one of the corpus' programs and returns the results it writes. */
function results(program, args) {
  const file = join(reports, `${program}.json`);
  const stage = ['--stage', `/tmp/tcompose-corpus-${process.pid}`];
  const common = ['--cmd', tcompose, '--corpus', corpus, '--quiet', '--json', file, ...stage];
  const done = spawnSync(process.execPath, [join(corpus, program), ...common, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  const lines = done.stdout.trimEnd().split('\n');
  console.log(lines.slice(-60).join('\n'));
  return JSON.parse(readFileSync(file, 'utf8')).results;
}

async function created() {
  const { ok } = JSON.parse(readFileSync(join(corpus, 'create-ok.json'), 'utf8'));
  const sample = ok.filter((_, index) => index % wanted.inspect.every === 0);
  const chosen = process.env.CORPUS_INSPECT === 'all' ? [] : ['--only', sample.join(',')];
  const engine = await startEngine('28');
  try {
    await importTestImages(engine.api);
    const docker = [
      '--docker',
      await referenceBinary('docker'),
      '--docker-host',
      engine.dockerHost,
    ];
    const oracle = ['--oracle', await referenceBinary('docker-compose'), '--tag-missing'];
    return results('inspect-diff.mjs', [...docker, ...oracle, ...chosen]);
  } finally {
    await stopEngine(engine);
  }
}

function judge(name, agreed, total, minimum) {
  const verdict = agreed >= minimum ? 'ok' : 'FAILED: fewer than before';
  const rise = agreed > minimum ? `; raise the number in test/corpus-ratchet.json` : '';
  console.log(
    `${name}: ${agreed} of ${total} agree, at least ${minimum} have to: ${verdict}${rise}`,
  );
  return agreed >= minimum;
}

const config = results('compare.mjs', []);
const agreed = config.filter((each) => each.pass).length;
const inspect = await created();
const same = inspect.filter((each) => each.outcome === 'same').length;
const good = [
  judge('config', agreed, config.length, wanted.config.agree),
  judge('created containers', same, inspect.length, wanted.inspect.same),
];
process.exit(good.every(Boolean) ? 0 : 1);
