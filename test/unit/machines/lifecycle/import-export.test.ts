import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createMachine } from '../../../../src/machines/lifecycle/create.ts';
import { DEFAULT_ENGINE } from '../../../../src/machines/lifecycle/create-request.ts';
import { readDockerMachineConfig } from '../../../../src/machines/lifecycle/docker-machine-config.ts';
import { exportMachines, importExported } from '../../../../src/machines/lifecycle/export.ts';
import {
  importFromCloud,
  searchedRegion,
} from '../../../../src/machines/lifecycle/import-cloud.ts';
import {
  dockerMachineStore,
  importDockerMachines,
} from '../../../../src/machines/lifecycle/import-docker-machine.ts';
import { generateKey } from '../../../../src/machines/ssh/openssh-key.ts';
import { removeMachine } from '../../../../src/machines/lifecycle/remove.ts';
import { machineStates } from '../../../../src/machines/lifecycle/states.ts';
import { MachineError } from '../../../../src/machines/machine-error.ts';
import type { MachineContext } from '../../../../src/machines/machine-context.ts';
import type { MachineEvent } from '../../../../src/machines/machine-event.ts';
import { amazonec2 } from '../../../../src/providers/amazonec2/amazonec2.ts';
import { digitalocean } from '../../../../src/providers/digitalocean/digitalocean.ts';
import type { Provider } from '../../../../src/providers/provider.ts';
import { systemClock } from '../../../../src/foundation/clock.ts';
import { existingHosts } from '../../../support/existing-hosts.ts';
import { machineRequest, testFolders } from '../../../support/lifecycle-bench.ts';
import { cloudOf, testContext } from '../../../support/machine-context.ts';
import { cloudResources, scriptedProvider } from '../../../support/scripted-provider.ts';

const { base } = testFolders();

async function make(context: MachineContext, name: string, settings = {}): Promise<void> {
  const engine = { ...DEFAULT_ENGINE, labels: ['tier=web'] };
  const wanted = machineRequest({ name, settings: { region: 'here', ...settings }, engine });
  await createMachine(context, wanted);
}

describe('an export', () => {
  it('has neither secrets nor keys nor paths, and can be imported by a colleague', async () => {
    const folder = join(base, 'mine');
    const mine = testContext({ folder });
    await make(mine, 'web', { sshKey: '/home/ada/.ssh/id' });
    const computer = (of: MachineContext): Promise<string> =>
      of.store.caller.withRules('f1', of.signal, (rules) => Promise.resolve(rules.computer));
    const own = await computer(mine);
    const text = await exportMachines(mine, ['web']);
    expect(text).not.toMatch(/PRIVATE|id_ed25519|\/home\/ada|"key"/);
    expect(text).not.toContain(own);
    const colleague = testContext({ folder: join(base, 'theirs') });
    const [imported] = await importExported(colleague, { text, path: 'web.json' });
    expect(imported).toMatchObject({
      name: 'web',
      done: true,
      record: {
        engine: { labels: ['tier=web'] },
        address: '198.51.100.2',
        taggedBy: await mine.store.id(),
        settings: { region: 'here' },
      },
    });
    expect(await computer(colleague)).not.toBe(own);
    const hosts = (of: MachineContext): Promise<string | undefined> =>
      of.store.withMachine('web', { create: false, timeout: 0, signal: of.signal }, (one) =>
        one.readFile('known_hosts'),
      );
    expect(await hosts(colleague)).toBe(await hosts(mine));
    expect(await importExported(colleague, { text, path: 'web.json' })).toMatchObject([
      { done: false, reason: 'a machine of this name is in the store already' },
    ]);
  });

  it('has no passwords of proxies and mirrors, nor variables that are secrets', async () => {
    const events: MachineEvent[] = [];
    const mine = testContext({ folder: join(base, 'proxied'), events });
    await make(mine, 'web');
    const options = { create: false, timeout: 0, signal: mine.signal };
    await mine.store.withMachine('web', options, async (folder) => {
      const record = await folder.read();
      if (record === undefined) throw new Error('no record');
      const engine = {
        ...record.engine,
        env: ['HTTP_PROXY=http://ada:s3cret@proxy:3128/', 'API_TOKEN=s3cret=', 'NO_PROXY=a@b,c'],
        options: ['log-opt=splunk-token=s3cret', 'log-level=warn'],
        registryMirrors: ['https://s3cret@mirror.example'],
      };
      await folder.write({ ...record, engine });
    });
    const text = await exportMachines(mine, ['web']);
    expect(text).not.toContain('s3cret');
    expect(text).toContain('HTTP_PROXY=http://proxy:3128/');
    expect(text).toContain('NO_PROXY=a@b,c');
    expect(text).toContain('log-level=warn');
    expect(events.at(-1)).toEqual({
      type: 'warning',
      machine: 'web',
      text: 'left out, as they may be secrets: API_TOKEN, log-opt=splunk-token',
    });
  });

  it.each<readonly [string, string]>([
    ['{"machines": [}', 'f.json:1:15: a value is missing'],
    ['[]', 'f.json is no export of machines'],
    ['{"tcompose-machines": 2, "machines": []}', 'f.json is of a newer tcompose'],
    [
      '{"tcompose-machines": 1, "machines": [{}]}',
      'f.json: machines[0].record:1:1: an object is missing',
    ],
  ])('that is broken is told with its place: %s', async (text, message) => {
    const context = testContext({ folder: join(base, 'broken') });
    await expect(importExported(context, { text, path: 'f.json' })).rejects.toThrow(message);
  });
});

describe('an import by tags', () => {
  const choice = { provider: 'scripted', settings: { region: 'here' } };

  it('tells of each machine on its own, and names a key wherever the next command is started', async () => {
    const folder = join(base, 'each');
    const context = testContext({ folder, clock: systemClock });
    for (const name of ['a', 'b']) await make(context, name);
    rmSync(join(folder, 'store/machines'), { recursive: true });
    const keyed: Provider = {
      ...scriptedProvider(cloudOf(folder)),
      ssh: () => ({ user: 'root', port: 22, keyPath: '~/.ssh/id' }),
    };
    const locked: MachineContext = {
      ...context,
      provider: () => Promise.resolve(keyed),
      store: new Proxy(context.store, {
        get: (store, key) =>
          key === 'withMachine'
            ? (name: string, ...rest: [never, never]) =>
                name === 'a'
                  ? Promise.reject(new MachineError('locked', 'a is being worked on'))
                  : store.withMachine(name, ...rest)
            : (Reflect.get(store, key) as (...args: unknown[]) => unknown).bind?.(store),
      }),
    };
    const imported = await importFromCloud(locked, choice);
    expect(imported.toSorted((one, other) => (one.name < other.name ? -1 : 1))).toMatchObject([
      { name: 'a', done: false, reason: 'a is being worked on' },
      { name: 'b', done: true, record: { ssh: { key: join(folder, '.ssh/id') } } },
    ]);
  });

  it('rebuilds what was lost, and finds machines of colleagues', async () => {
    const folder = join(base, 'lost');
    const context = testContext({ folder, clock: systemClock });
    await make(context, 'web');
    rmSync(join(folder, 'store/machines'), { recursive: true });
    expect(await importFromCloud(context, choice)).toMatchObject([
      {
        name: 'web',
        done: true,
        remark: expect.stringContaining(
          'the one that was made for it is not here any more',
        ) as string,
      },
    ]);
    expect(await importFromCloud(context, choice)).toEqual([]);
    expect(await importFromCloud(context, choice, ['wbe', 'web'])).toEqual([
      { name: 'wbe', done: false, reason: 'the account has no such machine' },
      { name: 'web', done: false, reason: 'it is in the store already' },
    ]);
    const elsewhere = join(base, 'elsewhere');
    const other: Provider = scriptedProvider(cloudOf(folder));
    const colleague: MachineContext = {
      ...testContext({ folder: elsewhere, clock: systemClock }),
      provider: () => Promise.resolve(other),
    };
    expect(await importFromCloud(colleague, choice)).toMatchObject([
      { remark: expect.stringContaining('"machine authorize --key FILE.pub web"') as string },
    ]);
    expect(await colleague.store.get('web')).toMatchObject({
      record: { taggedBy: await context.store.id(), phase: 'ready' },
    });
    expect(await machineStates(colleague, { timeout: 10_000 })).toMatchObject([
      { state: 'Running' },
    ]);
    // Removed in the name of the store that made it, with everything that belongs to it.
    await removeMachine(colleague, { name: 'web', force: false });
    expect(cloudResources(cloudOf(folder))).toEqual([]);
  });
});

describe('what an account tells of a machine', () => {
  const instance = { id: 'i', name: 'web', state: 'Running', tags: {} } as const;

  it('is its region and size; what was asked for with flags stays', () => {
    const droplet = digitalocean.settings({ 'digitalocean-tags': ['a'] });
    const told = { ...instance, region: 'fra1', size: 's-4vcpu-8gb', image: 'debian-12-x64' };
    expect(digitalocean.settingsOf?.(droplet, told)).toEqual({
      ...droplet,
      region: 'fra1',
      size: 's-4vcpu-8gb',
    });
    const ec2 = amazonec2.settings({ 'amazonec2-region': 'eu-west-1' });
    expect(amazonec2.settingsOf?.(ec2, { ...instance, size: 't3.large' })).toEqual({
      ...ec2,
      instanceType: 't3.large',
    });
    expect(amazonec2.settingsOf?.(ec2, instance)).toEqual(ec2);
  });

  it('is looked for in one region where accounts have borders there', () => {
    const choice = (provider: Provider) => ({
      provider: provider.name,
      settings: provider.settings({ [`${provider.name}-region`]: 'here' }),
    });
    expect(searchedRegion(amazonec2, choice(amazonec2))).toBe('here');
    expect(searchedRegion(digitalocean, choice(digitalocean))).toBeUndefined();
  });
});

/** As docker-machine 0.16 writes it. */
function config(driverName: string, driver: Readonly<Record<string, unknown>>): unknown {
  return {
    ConfigVersion: 3,
    Driver: {
      IPAddress: '192.0.2.9',
      MachineName: 'old',
      SSHUser: 'ada',
      SSHPort: 2222,
      ...driver,
    },
    DriverName: driverName,
    HostOptions: {
      EngineOptions: {
        ArbitraryFlags: ['log-level=warn'],
        Env: ['A=b'],
        InsecureRegistry: ['reg.local:5000'],
        Labels: ['tier=web'],
        StorageDriver: 'overlay2',
        TlsVerify: true,
        RegistryMirror: [],
        InstallURL: 'https://get.docker.com',
      },
      AuthOptions: {
        ServerCertSANs: ['old.example'],
        CaCertPath: '/home/ada/.docker/machine/certs/ca.pem',
      },
    },
    Name: 'old',
  };
}

describe('a configuration of docker-machine', () => {
  it('of EC2 gives flags, the instance and its key, and no credentials', () => {
    const read = readDockerMachineConfig(
      config('amazonec2', {
        AccessKey: 'AKIASECRET',
        SecretKey: 's3cret',
        SessionToken: 't0ken',
        Region: 'eu-west-1',
        Zone: 'b',
        InstanceId: 'i-0abc',
        InstanceType: 't2.micro',
        KeyName: 'old',
        ExistingKey: false,
        SecurityGroupNames: ['docker-machine'],
        RootSize: 16,
        Monitoring: true,
        SSHKeyPath: '/home/ada/.docker/machine/machines/old/id_rsa',
      }),
    );
    expect(JSON.stringify(read)).not.toMatch(/AKIASECRET|s3cret|t0ken/);
    expect(read).toMatchObject({
      ok: true,
      config: {
        name: 'old',
        flags: {
          'amazonec2-region': 'eu-west-1',
          'amazonec2-zone': 'b',
          'amazonec2-root-size': '16',
          'amazonec2-monitoring': true,
          'amazonec2-security-group': ['docker-machine'],
        },
        instanceId: 'i-0abc',
        ssh: { user: 'ada', port: 2222 },
        resources: [{ kind: 'key-pair', id: 'old' }],
        engine: {
          labels: ['tier=web'],
          tlsPort: 2376,
          tlsSans: ['old.example'],
          options: ['log-level=warn'],
        },
      },
    });
  });

  it("of DigitalOcean gives the droplet and its key, unless that was the user's", () => {
    const own = { AccessToken: 's3cret', DropletID: 3164444, SSHKeyID: 12, Region: 'fra1' };
    const read = readDockerMachineConfig(config('digitalocean', own));
    expect(JSON.stringify(read)).not.toContain('s3cret');
    expect(read).toMatchObject({
      config: { instanceId: '3164444', resources: [{ kind: 'ssh-key', id: '12' }] },
    });
    const theirs = { ...own, SSHKeyFingerprint: 'aa:bb' };
    expect(readDockerMachineConfig(config('digitalocean', theirs))).toMatchObject({
      config: { resources: [] },
    });
  });

  it.each<readonly [unknown, string]>([
    [[], 'it is no object'],
    [{ ConfigVersion: 1 }, 'its version is 1, not 3'],
    [{}, 'its version is missing, not 3'],
    [{ ConfigVersion: 3 }, 'it has no driver'],
    [config('virtualbox', {}), 'its driver virtualbox is not known'],
  ])('that cannot be taken over says why: %j', (value, reason) => {
    expect(readDockerMachineConfig(value)).toMatchObject({
      ok: false,
      reason: expect.stringContaining(reason) as string,
    });
  });
});

describe('an import from docker-machine', () => {
  const generic: Provider = {
    ...existingHosts,
    name: 'generic',
    flags: [
      { name: 'generic-ip-address', type: 'string', summary: '' },
      { name: 'generic-ssh-port', type: 'int', default: '22', summary: '' },
    ],
    settings: (values) => ({
      address: values['generic-ip-address'],
      port: values['generic-ssh-port'],
    }),
  };

  it('takes settings, key and certificates over, and leaves the old store as it is', async () => {
    const old = join(base, 'docker-machine');
    const machine = join(old, 'machines/old');
    mkdirSync(machine, { recursive: true });
    const text = JSON.stringify(
      config('generic', { SSHKeyPath: '/gone/machines/old/id_rsa', EnginePort: 12376 }),
    );
    writeFileSync(join(machine, 'config.json'), text);
    writeFileSync(join(machine, 'id_rsa'), generateKey('x').privateKey, { mode: 0o644 });
    for (const name of ['ca.pem', 'cert.pem', 'key.pem']) writeFileSync(join(machine, name), name);
    mkdirSync(join(old, 'machines/bad'));
    writeFileSync(join(old, 'machines/bad/config.json'), '{"ConfigVersion": 3,}');
    mkdirSync(join(old, 'machines/odd'));
    writeFileSync(
      join(old, 'machines/odd/config.json'),
      JSON.stringify(config('generic', { SSHPort: 'many' })),
    );
    const folder = join(base, 'taken');
    const context = testContext({ folder, providers: [generic] });
    const imported = await importDockerMachines(context, { path: old });
    expect(imported).toMatchObject([
      {
        name: 'bad',
        done: false,
        reason: expect.stringContaining('config.json:1:21: a key') as string,
      },
      { name: 'odd', done: false, reason: '--generic-ssh-port: "many" is no whole number' },
      {
        name: 'old',
        done: true,
        record: {
          settings: { address: '192.0.2.9', port: 2222 },
          address: '192.0.2.9',
          ssh: { user: 'ada', port: 2222, key: 'id_rsa' },
          engine: { tlsPort: 12376, storageDriver: 'overlay2' },
        },
      },
    ]);
    const taken = join(folder, 'store/machines/old');
    expect(readdirSync(taken).toSorted()).toEqual([
      'ca.pem',
      'cert.pem',
      'id_rsa',
      'key.pem',
      'machine.json',
    ]);
    expect(statSync(join(taken, 'id_rsa')).mode & 0o777).toBe(0o600);
    expect(readFileSync(join(machine, 'config.json'), 'utf8')).toBe(text);
    expect(await importDockerMachines(context, { path: old, names: ['old'] })).toMatchObject([
      { done: false, reason: 'a machine of this name is in the store already' },
    ]);
    await expect(importDockerMachines(context, { path: old, names: ['nope'] })).rejects.toThrow(
      'there is no machine nope',
    );
  });

  it('says where it looked when there is no such store', async () => {
    const context = testContext({ folder: join(base, 'nowhere') });
    const path = dockerMachineStore({}, join(base, 'home'));
    await expect(importDockerMachines(context, { path })).rejects.toThrow(
      `there is no store of docker-machine: ${base}/home/.docker/machine/machines is missing`,
    );
    expect(dockerMachineStore({ MACHINE_STORAGE_PATH: '/srv/m' }, '/')).toBe('/srv/m');
  });
});
