/**
 * Making machines of given, fresh Debian 12 hosts: by tcompose, with one SSH connection for each command as
 * docker-machine does it, and by one bare command on the host, below which nothing can come.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startHosts, type TestHost, type TestHosts } from '../test/support/hosts.ts';
import { sshHome, type SshHome } from '../test/support/ssh-home.ts';
import { type Sample, measure, median } from './measure.ts';

/** One row: `theirs` is what is compared with, `floor` the bare command; seconds of wall time. */
export interface MachineResult {
  readonly title: string;
  readonly against: string;
  readonly theirs: readonly number[];
  readonly tcompose: readonly Sample[];
  readonly floor: readonly number[];
  readonly budget: number;
}

/** The titles, for choosing among them. */
export const machineTitles = {
  one: 'machine create, a fresh host',
  five: 'machine apply, five fresh hosts at once',
  fiveMade: 'machine apply, five hosts with an engine at once',
} as const;

/** What every way has to do in the end: Debian's engine, installed and running. */
const install = 'apt-get update -q && apt-get install -qy --no-install-recommends docker.io';
const lastly = 'docker version';

/** Systems of hosts: without an engine, and with one that runs. */
const fresh = {
  image: 'bookworm',
  bare: `export DEBIAN_FRONTEND=noninteractive; ${install} && ${lastly}`,
} as const;
const made = { image: 'trixie-docker', bare: lastly } as const;

type Kind = typeof fresh | typeof made;

/** docker-machine's commands on a Debian host, in its order, without those that only its certificates need. */
const commands = [
  'exit 0',
  'cat /etc/os-release',
  'sudo hostname host && echo host | sudo tee /etc/hostname',
  "grep -q host /etc/hosts || echo '127.0.1.1 host' | sudo tee -a /etc/hosts",
  'sudo apt-get update -q',
  'DEBIAN_FRONTEND=noninteractive sudo -E apt-get install -qy curl',
  'type docker || true',
  'DEBIAN_FRONTEND=noninteractive sudo -E apt-get install -qy docker.io',
  `sudo ${lastly}`,
  'sudo systemctl -f stop docker',
  'sudo ip link delete docker0 || true',
  'sudo mkdir -p /etc/systemd/system/docker.service.d',
  "printf '[Service]\\nEnvironment=FOO=bar\\n' | sudo tee /etc/systemd/system/docker.service.d/10-machine.conf",
  'sudo systemctl daemon-reload',
  'sudo systemctl -f start docker',
  'ss -tln',
  `sudo ${lastly}`,
  'sudo systemctl -f enable docker',
];

/** Measures the rows whose titles are in `titles`. */
export async function measureMachines(
  titles: readonly string[],
  executable: string,
): Promise<readonly MachineResult[]> {
  const wanted = Object.values(machineTitles).filter((title) => titles.includes(title));
  if (wanted.length === 0) return [];
  const hosts = await startHosts();
  const bench = new MachineBench(hosts, sshHome(), executable);
  try {
    // Packages come through the hosts' proxy, which keeps them: the first run would be another one.
    await bench.bare(fresh, 1);
    const results: MachineResult[] = [];
    for (const title of wanted) {
      process.stderr.write(`${title}\n`);
      if (title === machineTitles.one) results.push(await bench.one());
      else results.push(await bench.five(title, title === machineTitles.five ? fresh : made));
    }
    return results;
  } finally {
    await hosts.close();
    bench.home[Symbol.dispose]();
  }
}

class MachineBench {
  readonly home: SshHome;
  readonly #hosts: TestHosts;
  readonly #executable: string;
  #run = 0;

  constructor(hosts: TestHosts, home: SshHome, executable: string) {
    this.#hosts = hosts;
    this.home = home;
    this.#executable = executable;
    home.configure(
      `IdentityFile ${home.keyPath}\nUserKnownHostsFile ${home.path}/.ssh/known_hosts\n`,
    );
  }

  async one(): Promise<MachineResult> {
    const [theirs, tcompose, floor] = [[], [], []] as [number[], Sample[], number[]];
    for (let round = 0; round < 3; round += 1) {
      floor.push(await this.bare(fresh, 1));
      theirs.push(await this.#oneByOne());
      tcompose.push(await this.#create(fresh));
    }
    const against = 'one SSH connection for each command';
    return { title: machineTitles.one, against, theirs, tcompose, floor, budget: 0.7 };
  }

  async five(title: string, kind: Kind): Promise<MachineResult> {
    const [theirs, tcompose, floor] = [[], [], []] as [number[], Sample[], number[]];
    for (let round = 0; round < 2; round += 1) {
      floor.push(await this.bare(kind, 5));
      theirs.push((await this.#create(kind)).wall);
      tcompose.push(await this.#apply(kind, 5));
    }
    const against = 'one host by `machine create`';
    return { title, against, theirs, tcompose, floor, budget: 1.5 };
  }

  /** Seconds that `count` hosts at once take when each is given the bare command. */
  bare(kind: Kind, count: number): Promise<number> {
    return this.#onHosts(kind, count, async (hosts) => {
      const began = performance.now();
      await Promise.all(hosts.map((host) => this.#ssh(host, kind.bare)));
      return (performance.now() - began) / 1000;
    });
  }

  #oneByOne(): Promise<number> {
    return this.#onHosts(fresh, 1, async ([host]) => {
      const began = performance.now();
      for (const command of commands) if (host !== undefined) await this.#ssh(host, command);
      return (performance.now() - began) / 1000;
    });
  }

  #create(kind: Kind): Promise<Sample> {
    return this.#onHosts(kind, 1, ([host]) => {
      const address = host?.address ?? '';
      return this.#tcompose(['create', '-d', 'generic', '--generic-ip-address', address, 'web']);
    });
  }

  #apply(kind: Kind, count: number): Promise<Sample> {
    return this.#onHosts(kind, count, (hosts) => {
      const file = join(this.home.path, 'machines.yaml');
      const machines = hosts.map(({ name, address }) => [
        name,
        { driver: 'generic', options: { 'ip-address': address } },
      ]);
      writeFileSync(file, JSON.stringify({ machines: Object.fromEntries(machines) as unknown }));
      return this.#tcompose(['apply', '--yes', file]);
    });
  }

  /** A store of its own for each run: nothing is known from the one before. */
  #tcompose(args: readonly string[]): Promise<Sample> {
    const store = join(this.home.path, `store-${this.#run++}`);
    mkdirSync(store, { mode: 0o700 });
    return measure({
      argv: [this.#executable, 'machine', ...args],
      cwd: this.home.path,
      env: { ...this.home.env, TCOMPOSE_HOME: store },
    });
  }

  async #ssh(host: TestHost, command: string): Promise<void> {
    await measure({
      argv: ['ssh', '-F', join(this.home.path, '.ssh/config'), `root@${host.address}`, command],
      cwd: this.home.path,
      env: this.home.env,
    });
  }

  /** Hosts that nothing was done to yet. */
  async #onHosts<T>(
    { image }: Kind,
    count: number,
    work: (hosts: readonly TestHost[]) => Promise<T>,
  ): Promise<T> {
    const started: TestHost[] = [];
    try {
      for (let index = 0; index < count; index += 1) {
        const host = await this.#hosts.start({ image, authorizedKeys: [this.home.publicKey] });
        started.push(host);
        // It says that it is there before its engine runs.
        if (image === made.image) await host.dockerApi();
        this.home.know(host.address, host.hostKey);
      }
      return await work(started);
    } finally {
      await Promise.all(started.map((host) => host.remove()));
    }
  }
}

/** The rows as a table of Markdown. */
export function machineTable(results: readonly MachineResult[]): string {
  const rows = results.map(({ title, against, theirs, tcompose, floor, budget }) => {
    const [other, bare] = [median(theirs), median(floor)];
    const own = median(tcompose.map((sample) => sample.wall));
    const ratio = own / other;
    const cells = [title, against, other.toFixed(1), own.toFixed(1), ratio.toFixed(2)];
    cells.push(budget.toFixed(2), ratio <= budget ? 'yes' : 'no', bare.toFixed(1));
    cells.push((own / bare).toFixed(2), `${tcompose.length}`);
    return `| ${cells.join(' | ')} |`;
  });
  return `## Machines

Fresh Debian 12 hosts, given by address; packages come from a cache beside them. "One SSH connection for each command" is
what docker-machine does on such a host, without its certificates; "floor" is \`apt-get update\` and \`apt-get install\`
of the same engine in one command on as many hosts at once, or \`docker version\` where there is one. All hosts share the
processors of this machine, which five installations keep busy; the last row shows what is left without them.

| work | against | wall s, theirs | ours | ratio | budget | kept | floor | of floor | runs |
| --- | --- | ---: | ---: | ---: | ---: | --- | ---: | ---: | ---: |
${rows.join('\n')}
`;
}
