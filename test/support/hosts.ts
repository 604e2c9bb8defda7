/**
 * "Cloud hosts" for tests: Debian containers with systemd and sshd on an engine of their own, reached from this
 * machine at their addresses, in which Docker can be installed and run. The engine ends with this process, however it
 * ends, and all hosts with it.
 *
 *     const hosts = await startHosts();
 *     const host = await hosts.start({ image: 'bookworm', authorizedKeys: [publicKey] });
 *     … ssh root@${host.address} …
 *     await hosts.close();
 */
import { randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { request } from 'node:http';
import { type AptProxy, startAptProxy } from './apt-proxy.ts';
import { succeedAsRoot } from './command.ts';
import { startEngine, stopEngine, type TestEngine } from './engine.ts';
import { enginePackages, hostArchive, type HostRelease } from './host-image.ts';
import { HostNetwork } from './host-network.ts';
import { TestHost, type HostOptions } from './test-host.ts';

export type { ExecResult, HostUser, TestHost } from './test-host.ts';

/** Images of hosts: a bare release, or one with Docker Engine installed and started. */
export type HostImage = HostRelease | `${HostRelease}-docker`;

/** What a new host is to be like; everything has a default. */
export interface StartHostOptions extends Partial<Omit<HostOptions, 'image'>> {
  readonly image?: HostImage;
  /** More Debian packages in the image (`cloud-init`, `locales`); each set is built once and cached. */
  readonly packages?: readonly string[];
}

/** An engine for hosts, and the network that they are in. */
export class TestHosts {
  readonly engine: TestEngine;
  /** The address of this machine that hosts can reach; servers for them listen here. */
  readonly machineAddress: string;
  readonly aptProxy: AptProxy;
  readonly #network: HostNetwork;
  readonly #images = new Map<string, Promise<string>>();
  readonly #hosts = new Set<TestHost>();
  #next = 10;

  constructor(engine: TestEngine, machineAddress: string, aptProxy: AptProxy) {
    this.engine = engine;
    this.machineAddress = machineAddress;
    this.aptProxy = aptProxy;
    this.#network = new HostNetwork(engine);
  }

  /** The engine's name of an image, which is built and imported when needed. */
  image(image: HostImage = 'bookworm', packages: readonly string[] = []): Promise<string> {
    const key = JSON.stringify([image, packages]);
    const made = this.#images.get(key) ?? this.#import(image, packages);
    this.#images.set(key, made);
    return made;
  }

  /**
   * Starts a host and waits until its sshd answers. `address` may be any IPv4 address (as emulated clouds hand them
   * out); without one it gets the next of a range that no other engine of this machine uses.
   */
  async start(options: StartHostOptions = {}): Promise<TestHost> {
    const image = await this.image(options.image, options.packages);
    const name = options.name ?? `host-${randomBytes(4).toString('hex')}`;
    const address = options.address ?? this.freeAddress();
    const full: HostOptions = { authorizedKeys: [], users: [], ...options, image, name, address };
    const host = await TestHost.start(this.#network, full, this.aptProxy.url, () =>
      this.#hosts.delete(host),
    );
    this.#hosts.add(host);
    return host;
  }

  /** An address that no host had yet. */
  freeAddress(): string {
    const [first = '', second = '', ...rest] = this.engine.address.split('.');
    const slot = ((Number(second) - 18) << 14) + (((Number(rest[0]) << 8) + Number(rest[1])) >> 2);
    const value = slot * 128 + this.#next++;
    if (first !== '198' || this.#next > 127) throw new Error('no address is left for a host');
    return `100.${64 + (value >> 16)}.${(value >> 8) & 255}.${value & 255}`;
  }

  /** Removes all hosts and ends the engine. */
  async close(): Promise<void> {
    for (const host of this.#hosts) host.forget();
    this.aptProxy.close();
    await stopEngine(this.engine);
  }

  async #import(image: HostImage, more: readonly string[]): Promise<string> {
    const release: HostRelease = image.startsWith('bookworm') ? 'bookworm' : 'trixie';
    const docker = image.endsWith('-docker') ? enginePackages[release] : [];
    const { name, archive } = await hostArchive(release, [...docker, ...more]);
    const found = await this.engine.api.call('GET', `/images/${name}/json`);
    if (found.status !== 200) await importImage(this.engine.socket, name, archive);
    return name;
  }
}

/** Starts an engine for hosts, which ends with this process. */
export async function startHosts(): Promise<TestHosts> {
  // Each systemd needs several, and the default of 128 is shared by all of root's processes.
  await succeedAsRoot(['sysctl', '-qw', 'fs.inotify.max_user_instances=8192']);
  const engine = await startEngine('28', { name: `hosts-${randomBytes(3).toString('hex')}` });
  const machineAddress = engine.address.replace(/\d+$/, (last) => String(Number(last) - 1));
  const inside = [...engine.enter, '--mount'];
  await succeedAsRoot([...inside, 'sh', '-c', namedHierarchy]);
  return new TestHosts(engine, machineAddress, await startAptProxy(machineAddress));
}

/**
 * systemd wants a hierarchy of its own where control groups are of version 1, and mounts what is missing of the others
 * when it begins: of several that begin at once none may find only half of it.
 */
const namedHierarchy = `
cd /sys/fs/cgroup
[ ! -e cgroup.controllers ] || exit 0
[ -d systemd ] || { mkdir systemd && mount -t cgroup -o none,name=systemd cgroup systemd; }
for controllers in net_cls,net_prio hugetlb perf_event rdma misc; do
  [ ! -e "$controllers" ] || continue
  mkdir "$controllers"
  mount -t cgroup -o "$controllers" cgroup "$controllers" 2>/dev/null || rmdir "$controllers"
done
mkdir -p cpu,cpuacct
`;

async function importImage(socketPath: string, name: string, archive: string): Promise<void> {
  const [repository = '', tag = ''] = name.split(':');
  const query = new URLSearchParams({ fromSrc: '-', repo: repository, tag });
  query.append('changes', 'CMD ["/sbin/init"]');
  query.append('changes', 'ENV container=docker');
  const answer = await new Promise<string>((resolve, reject) => {
    const path = `/v1.41/images/create?${query.toString()}`;
    const sent = request({ socketPath, method: 'POST', path }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (part: string) => (text += part));
      response.on('end', () => resolve(text));
    });
    sent.on('error', reject);
    createReadStream(archive).on('error', reject).pipe(sent);
  });
  if (answer.includes('errorDetail')) throw new Error(`import of ${name}: ${answer}`);
}
