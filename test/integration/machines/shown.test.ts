/**
 * What users do, from the first command to the last: a machine is made, the example runs on it, the machine is removed.
 * Everything goes through the program; afterwards nothing is left.
 */
import { cpSync, mkdirSync, readdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { EC2Client } from '@aws-sdk/client-ec2';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CloudInstances, digitaloceanSource, ec2Source } from '../../support/cloud-instances.ts';
import { type Finished, run, type RunOptions } from '../../support/command.ts';
import { checkout } from '../../support/debian.ts';
import { FAKE_TOKEN, FakeDigitalOcean } from '../../support/digitalocean.ts';
import { digitaloceanSpec } from '../../support/digitalocean-spec.ts';
import { ec2Things } from '../../support/ec2-things.ts';
import { startHosts, type TestHosts } from '../../support/hosts.ts';
import { startMoto } from '../../support/moto.ts';
import { sshHome } from '../../support/ssh-home.ts';

const home = sshHome();
const bin = join(home.path, 'bin');
const example = join(home.path, 'hello');
const spec = digitaloceanSpec();
let hosts: TestHosts;
let environment: Readonly<Record<string, string>> = {};

beforeAll(async () => {
  mkdirSync(bin);
  symlinkSync(join(checkout, 'bin/tcompose'), join(bin, 'tcompose'));
  cpSync(join(checkout, 'examples/hello'), example, { recursive: true });
  hosts = await startHosts();
});

afterAll(async () => {
  await hosts?.close();
  home[Symbol.dispose]();
});

function type(words: readonly string[], options: RunOptions = {}): Promise<Finished> {
  const [program = '', ...args] = words;
  const PATH = `${bin}:${home.env['PATH']}`;
  const env = { ...home.env, PATH, ...environment };
  return run(program, args, { cwd: example, timeout: 240_000, ...options, env });
}

async function typed(...words: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await type(words);
  if (code !== 0) throw new Error(`${words.join(' ')}: exit code ${code}\n${stdout}${stderr}`);
  return stdout;
}

/** The example on a machine that is made with these words, until nothing is left of either. */
async function runExample(driver: string, ...flags: readonly string[]): Promise<void> {
  const on = ['tcompose', '--machine', 'shown'];
  expect(await typed('tcompose', 'machine', 'create', '-d', driver, ...flags, 'shown')).toContain(
    'run: tcompose machine env shown\n',
  );
  const listed = await typed('tcompose', 'machine', 'ls', '-f', '{{.DriverName}} {{.State}}');
  expect(listed).toBe(`${driver} Running\n`);

  await typed('./base-image.sh', 'shown');
  await typed(...on, 'up', '-d', '--wait', '--quiet-build');
  const services = (await typed(...on, 'ps', '--format', '{{.Service}} {{.Health}}')).split('\n');
  expect(services.toSorted()).toEqual(['', 'api healthy', 'cache healthy', 'web healthy']);
  const address = (await typed('tcompose', 'machine', 'ip', 'shown')).trim();
  expect(await (await fetch(`http://${address}:8080/`)).text()).toContain(
    'been visited <strong>1<',
  );
  const say = ['sh', '-c', 'cat /run/secrets/api-token >/proc/1/fd/1; hostname'];
  expect(await typed(...on, 'exec', '-T', 'web', ...say)).toMatch(/^[0-9a-f]{12}\n$/);
  expect(await typed(...on, 'logs', '--no-log-prefix', 'web')).toBe('only-for-this-example\n');

  await typed(...on, 'down', '--volumes');
  expect(await typed(...on, 'ps', '--all', '--quiet')).toBe('');
  expect(await typed('tcompose', 'machine', 'rm', '-y', 'shown')).toContain(
    'Successfully removed shown',
  );
  expect(await typed('tcompose', 'machine', 'ls', '-q')).toBe('');
  expect(readdirSync(join(home.path, '.tcompose/machines'))).toEqual([]);
}

describe('the example runs on a machine that is made for it and removed', () => {
  it('a server that is there already', async () => {
    const users = [{ name: 'admin', sudo: 'nopasswd', authorizedKeys: [home.publicKey] }] as const;
    const host = await hosts.start({ image: 'bookworm-docker', users });
    // A host that has just booted still starts its engine.
    await host.shell('systemctl start docker');
    const address = ['--generic-ip-address', host.address, '--generic-ssh-user', 'admin'];
    // The engine is there already, and the user may not talk to it yet.
    await runExample('generic', ...address, '--configure');
    expect(await host.shell('docker ps -aq; docker volume ls -q')).toBe('');
    await host.remove();
  });

  it('an instance of EC2', async () => {
    await using moto = await startMoto();
    await using _instances = await CloudInstances.start(hosts, ec2Source(moto.url), {
      image: 'bookworm-docker',
    });
    const keys = { AWS_ACCESS_KEY_ID: 'testing', AWS_SECRET_ACCESS_KEY: 'testing' };
    environment = { ...keys, AWS_ENDPOINT_URL_EC2: moto.url };
    await runExample('amazonec2', '--amazonec2-ssh-cidr', '198.51.100.7/32');
    const credentials = { accessKeyId: 'testing', secretAccessKey: 'testing' };
    const client = new EC2Client({ region: 'us-east-1', endpoint: moto.url, credentials });
    expect(await ec2Things(client)).toEqual([]);
    expect(await typed('tcompose', 'machine', 'gc', '-d', 'amazonec2', '--format', 'json')).toBe(
      '[]\n',
    );
    client.destroy();
  });

  it.skipIf(spec === undefined)('a droplet of DigitalOcean', async () => {
    await using fake = await FakeDigitalOcean.start(spec ?? '', {
      address: () => hosts.freeAddress(),
    });
    await using _instances = await CloudInstances.start(hosts, digitaloceanSource(fake), {
      image: 'bookworm-docker',
    });
    environment = { DIGITALOCEAN_ACCESS_TOKEN: FAKE_TOKEN, DIGITALOCEAN_API_URL: fake.url };
    await runExample('digitalocean', '--digitalocean-ssh-cidr', '198.51.100.7/32');
    expect([fake.left(), fake.violations]).toEqual([[], []]);
    expect(await typed('tcompose', 'machine', 'gc', '-d', 'digitalocean', '--format', 'json')).toBe(
      '[]\n',
    );
  });
});
