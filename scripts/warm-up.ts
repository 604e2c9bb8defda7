/**
 * Runs everyday commands of the built program against an engine that is only played, on this machine and over SSH,
 * and keeps what V8 compiled on the way as dist/tcompose.cache, and beside each part: later starts need not compile
 * it again.
 */
import { existsSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import type { Script } from 'node:vm';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  PARTS,
  PROGRAM,
  PROGRAM_CACHE,
  programScript,
  readBelow,
  runProgram,
} from '../src/program.ts';
import { warmUpEngine } from './warm-up-engine.ts';
import { warmUpHost } from './warm-up-host.ts';

const PROJECT = `
name: warm
x-common: &common {image: web, restart: unless-stopped, labels: {tier: "\${TIER:-front}"}}
services:
  web:
    <<: *common
    command: ["serve", "--port", "80"]
    environment: [A=1, "B=\${B:-2}"]
    ports: ["8080:80"]
    volumes: [data:/data, ./conf:/conf:ro]
    depends_on: {db: {condition: service_started}}
    deploy: {resources: {limits: {memory: 64M, cpus: "0.5"}}}
  db:
    image: web
    env_file: [db.env]
    healthcheck: {test: [CMD, "true"], interval: 10s}
    networks: {back: {aliases: [store]}}
volumes: {data: {}}
networks: {back: {internal: true}}
`;

const COMMANDS = [
  ['--help'],
  ['__complete', ''],
  ['__complete', 'up', 'w'],
  ['version'],
  ['config'],
  ['config', '--format', 'json'],
  ['up', '-d'],
  ['up', '-d'],
  ['ps'],
  ['ps', '--format', 'json'],
  ['logs'],
  ['ls'],
  ['plan'],
  ['stop'],
  ['start'],
  ['restart'],
  ['down'],
];

/** Those that go over SSH as well. */
const DISTANT = [['up', '-d'], ['up', '-d'], ['ps'], ['logs'], ['down']];

const dist = join(import.meta.dirname, '../dist');
const home = mkdtempSync(join(tmpdir(), 'tcompose-warm-up-'));
const said: string[] = [];
const unheard = (text: string | Uint8Array): boolean => {
  said.push(typeof text === 'string' ? text : Buffer.from(text).toString());
  return true;
};
const socket = join(home, 'engine.sock');
const engine = warmUpEngine();
const { stdout, stderr } = process;
const spoken = { stdout: stdout.write.bind(stdout), stderr: stderr.write.bind(stderr) };
try {
  writeFileSync(join(home, 'compose.yaml'), PROJECT);
  writeFileSync(join(home, 'db.env'), 'PASSWORD=secret\nURL="http://${HOME}/"\n');
  await new Promise<void>((done) => engine.listen(socket, done));
  process.chdir(home);
  for (const key of Object.keys(process.env)) {
    if (/^(DOCKER|COMPOSE)_/.test(key)) delete process.env[key];
  }
  Object.assign(process.env, { DOCKER_HOST: `unix://${socket}`, DOCKER_CONFIG: home, HOME: home });
  const script = programScript(join(dist, PROGRAM));
  const parts = new Map<string, Script>();
  const { runProcess } = runProgram(script, readBelow(dist), (path, part) => parts.set(path, part));
  const host = await warmUpHost(home, socket);
  stdout.write = unheard;
  stderr.write = unheard;
  const failed: string[] = [];
  const warm = async (argv: readonly string[]): Promise<void> => {
    const code = await runProcess(argv);
    if (code !== 0) failed.push(`${argv.join(' ')} (${code})`);
  };
  for (const argv of COMMANDS) await warm(argv);
  for (const argv of DISTANT) await warm(['-H', host.address, ...argv]);
  host.close();
  keepPartCaches(parts);
  const cache = script.createCachedData();
  writeFileSync(join(dist, `${PROGRAM_CACHE}.new`), cache);
  renameSync(join(dist, `${PROGRAM_CACHE}.new`), join(dist, PROGRAM_CACHE));
  if (failed.length > 0) {
    spoken.stderr(`warm-up: not run to the end: ${failed.join(', ')}\n${said.slice(-8).join('')}`);
  }
} finally {
  Object.assign(stdout, { write: spoken.stdout });
  Object.assign(stderr, { write: spoken.stderr });
  engine.close();
  engine.closeAllConnections();
  process.chdir('/');
  rmSync(home, { recursive: true, force: true });
}

/** Of parts that no command needed, what V8 makes of them when they are loaded. */
function keepPartCaches(used: ReadonlyMap<string, Script>): void {
  const folder = join(dist, PARTS);
  if (!existsSync(folder)) return;
  for (const name of readdirSync(folder).filter((each) => each.endsWith('.cjs'))) {
    let part = used.get(`${PARTS}/${name}`);
    if (part === undefined) {
      part = programScript(join(folder, name));
      runProgram(part, () => undefined);
    }
    writeFileSync(join(folder, name.replace(/cjs$/, 'cache')), part.createCachedData());
  }
}
