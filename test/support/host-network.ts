/** Networks of test hosts, with addresses as clouds give them: any, reached from this machine. */
import { succeedAsRoot } from './command.ts';
import type { TestEngine } from './engine.ts';

/** Networks of one engine, and this machine's routes to its hosts. */
export class HostNetwork {
  readonly engine: TestEngine;
  readonly #made = new Map<string, Promise<string>>();

  constructor(engine: TestEngine) {
    this.engine = engine;
  }

  /** The name of the engine's network for an address, which is made when it is the first in its range. */
  nameFor(address: string): Promise<string> {
    const range = address.split('.').slice(0, 2).join('.');
    const made = this.#made.get(range) ?? this.#create(range);
    this.#made.set(range, made);
    return made;
  }

  async #create(range: string): Promise<string> {
    const name = `hosts-${range}`;
    await this.engine.api.ask('POST', '/networks/create', {
      Name: name,
      IPAM: { Config: [{ Subnet: `${range}.0.0/16`, Gateway: `${range}.255.254` }] },
      // Reached from outside as servers are, all ports of them.
      Options: { 'com.docker.network.bridge.gateway_mode_ipv4': 'nat-unprotected' },
    });
    return name;
  }

  /** Makes this machine find a host. The route ends with the engine. */
  async route(address: string): Promise<void> {
    const via = this.engine.address;
    await succeedAsRoot(['ip', 'route', 'replace', `${address}/32`, 'via', via]);
  }

  /** Takes `route` back. */
  async unroute(address: string): Promise<void> {
    const gone = 'ip route del "$0" via "$1" 2>/dev/null || true';
    await succeedAsRoot(['sh', '-c', gone, `${address}/32`, this.engine.address]);
  }
}
