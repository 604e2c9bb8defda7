import { LABEL } from '../../../src/compose/labels.ts';
import type { Project, Service } from '../../../src/compose/model.ts';
import type {
  ContainerState,
  Observed,
  ObservedContainer,
} from '../../../src/scheduler/observed.ts';
import type { Action, ContainerRef, Plan, Step } from '../../../src/scheduler/plan.ts';
import { hostPorts } from '../../../src/scheduler/host-ports.ts';
import { sharedServices } from '../../../src/scheduler/service-references.ts';
import { nothing, readableHashes } from './sample.ts';

interface ModelContainer extends ObservedContainer {
  readonly ports: ReadonlySet<string>;
  readonly namespace: string | undefined;
}

/**
 * An engine as far as plans can tell: it carries out steps in any order that their dependencies
 * allow, and refuses what an engine refuses.
 */
export class EngineModel {
  #project: Project;
  readonly #containers = new Map<string, ModelContainer>();
  readonly #networks = new Map<string, Observed['networks'][number]>();
  readonly #volumes = new Map<string, Observed['volumes'][number]>();
  #created = new Map<number, string>();
  #count = 0;

  constructor(project: Project) {
    this.#project = project;
  }

  observe(): Observed {
    return {
      ...nothing,
      containers: [...this.#containers.values()].map((container) => ({
        ...container,
        hostPorts: this.#isUp(container) ? [...container.ports] : [],
      })),
      networks: [...this.#networks.values()],
      volumes: [...this.#volumes.values()],
    };
  }

  /**
   * Runs a plan for a project. `pick` chooses among ready steps. With `failAt` the step of that
   * position fails and the run ends as the runner ends it.
   */
  run(project: Project, { steps }: Plan, pick: (ready: number) => number, failAt?: number): void {
    this.#project = project;
    this.#created = new Map();
    const done = new Set<number>();
    let open = [...steps];
    for (let position = 0; open.length > 0; position += 1) {
      const ready = open.filter(({ after }) => after.every((id) => done.has(id)));
      const step = ready[pick(ready.length)];
      if (step === undefined) throw new Error('no step is ready');
      if (position === failAt) {
        this.#abort(steps, step, done);
        return;
      }
      this.#attempt(step);
      done.add(step.id);
      open = open.filter(({ id }) => id !== step.id);
    }
  }

  #attempt(step: Step): void {
    try {
      this.#perform(step.action, step.id, 'plan');
    } catch (error) {
      throw new Error(
        `#${step.id} ${step.action.kind} ${step.resource}: ${(error as Error).message}`,
        { cause: error },
      );
    }
  }

  #abort(steps: readonly Step[], failed: Step, done: ReadonlySet<number>): void {
    const rolledBack = new Set<string | undefined>([failed.group]);
    const undo = (step: Step): void => {
      for (const action of step.rollback ?? []) {
        try {
          this.#perform(action, 0, 'rollback');
        } catch {
          // Undoing is tried, as the runner does: what a container shared may be gone already.
        }
      }
    };
    undo(failed);
    const begun = new Set(steps.filter(({ id }) => done.has(id)).map(({ group }) => group));
    for (const step of steps) {
      const { group, id } = step;
      if (group === undefined || done.has(id) || !begun.has(group) || rolledBack.has(group)) {
        continue;
      }
      rolledBack.add(group);
      undo(step);
    }
  }

  #perform(action: Action, id: number, why: 'plan' | 'rollback'): void {
    switch (action.kind) {
      case 'create-network':
        this.#createNetwork(action.network, action.name);
        break;
      case 'remove-network': {
        const attached = [...this.#containers.values()].find(
          ({ networks, state }) =>
            state !== 'exited' &&
            state !== 'created' &&
            Object.values(networks).includes(action.id),
        );
        if (attached !== undefined) {
          if (action.bestEffort) return;
          throw new Error(`network ${action.name} is in use by ${attached.name}`);
        }
        this.#networks.delete(action.id);
        break;
      }
      case 'create-volume':
        if (this.#volumes.has(action.name)) throw new Error(`volume ${action.name} exists`);
        this.#createVolume(action.volume, action.name);
        break;
      case 'remove-volume':
        for (const { mounts, name } of this.#containers.values()) {
          if (mounts.some((mount) => mount.name === action.name)) {
            throw new Error(`volume ${action.name} is in use by ${name}`);
          }
        }
        this.#volumes.delete(action.name);
        break;
      case 'create-container':
        this.#createContainer(action, id);
        break;
      case 'disconnect-network': {
        const container = this.#get(action.container);
        const rest = Object.entries(container.networks).filter(([, other]) => other !== action.id);
        if (rest.length === Object.keys(container.networks).length) throw new Error('not attached');
        this.#update(container, { networks: Object.fromEntries(rest) });
        break;
      }
      case 'connect-network': {
        const container = this.#get(action.container);
        const network = this.#network(action.network);
        if (Object.values(container.networks).includes(network.id)) throw new Error('is attached');
        this.#update(container, {
          networks: { ...container.networks, [network.name]: network.id },
        });
        break;
      }
      case 'rename-container': {
        const container = this.#get(action.container);
        this.#checkName(action.name);
        this.#update(container, { name: action.name });
        break;
      }
      case 'remove-container': {
        const container = this.#get(action.container);
        if (why === 'plan' && this.#isUp(container)) throw new Error('is running');
        this.#containers.delete(container.id);
        break;
      }
      case 'start-container':
        this.#start(this.#get(action.container));
        break;
      case 'stop-container':
        this.#update(this.#get(action.container), { state: 'exited', exitCode: 143 });
        break;
      case 'unpause-container':
      case 'restart-container':
        this.#update(this.#get(action.container), { state: 'running' });
        break;
      case 'wait-condition':
        for (const reference of action.containers) {
          const container = this.#get(reference);
          if (!this.#isUp(container)) throw new Error(`${container.name} does not run`);
          this.#update(container, { health: 'healthy' });
        }
        break;
      case 'run-hook':
        if (this.#get(action.container).state !== 'running')
          throw new Error('hook needs a process');
        break;
      case 'run-pre-start':
      case 'write-files':
        if (this.#isUp(this.#get(action.container))) throw new Error('runs already');
        break;
      case 'pull-image':
      case 'build-images':
      case 'remove-image':
      case 'prepare-model':
      case 'run-provider':
      case 'kill-container':
      case 'pause-container':
        throw new Error(`unexpected ${action.kind}`);
    }
  }

  #createNetwork(key: string, name: string): void {
    for (const network of this.#networks.values()) {
      if (network.name === name) throw new Error(`network ${name} exists`);
    }
    this.#count += 1;
    const hash = readableHashes.network({ ...this.#project.networks[key], name })[0] ?? '';
    this.#networks.set(`net${this.#count}`, {
      id: `net${this.#count}`,
      name,
      driver: 'bridge',
      scope: 'local',
      labels: {
        [LABEL.project]: this.#project.name,
        [LABEL.network]: key,
        [LABEL.configHash]: hash,
      },
    });
  }

  #createVolume(key: string, name: string): void {
    const hash = readableHashes.volume({ ...this.#project.volumes[key], name })[0] ?? '';
    this.#volumes.set(name, {
      name,
      driver: 'local',
      labels: {
        [LABEL.project]: this.#project.name,
        [LABEL.volume]: key,
        [LABEL.configHash]: hash,
      },
    });
  }

  #createContainer(
    { name, service: key, number, peers }: Extract<Action, { kind: 'create-container' }>,
    step: number,
  ): void {
    const service = this.#project.services[key];
    if (service === undefined) throw new Error(`unknown service ${key}`);
    this.#checkName(name);
    const resolved = Object.entries(peers).map(([peer, references]): [string, string[]] => [
      peer,
      references.map((reference) => this.#get(reference).id),
    ]);
    const ids = new Map(resolved.map(([peer, all]) => [peer, all[0] ?? 'missing']));
    const shared = Object.fromEntries(sharedServices(service).map((one) => [one, ids.get(one)]));
    this.#count += 1;
    const id = this.#count.toString(16).padStart(12, '0').padEnd(64, '0');
    this.#created.set(step, id);
    this.#containers.set(id, {
      id,
      name,
      service: key,
      number,
      oneOff: false,
      state: 'created',
      health: 'none',
      exitCode: undefined,
      created: this.#count,
      image: service.image ?? '',
      imageId: 'sha256:aaaa',
      networks: Object.fromEntries(
        Object.keys(service.networks ?? {}).map((one) => {
          const network = this.#network(one);
          return [network.name, network.id];
        }),
      ),
      mounts: this.#mounts(service),
      ports: hostPorts(service),
      namespace: ids.get(service.network_mode?.slice('service:'.length) ?? ''),
      labels: {
        [LABEL.project]: this.#project.name,
        [LABEL.service]: key,
        [LABEL.number]: String(number),
        [LABEL.image]: 'sha256:aaaa',
        [LABEL.configHash]:
          readableHashes.service(service, shared as Record<string, string>)[0] ?? '',
      },
    });
  }

  #mounts(service: Service): ObservedContainer['mounts'] {
    return (service.volumes ?? []).map(({ source = '', target = '' }) => {
      const name = this.#project.volumes[source]?.name ?? source;
      if (!this.#volumes.has(name)) throw new Error(`volume ${name} does not exist`);
      return { type: 'volume', name, source: name, destination: target };
    });
  }

  #start(container: ModelContainer): void {
    if (this.#isUp(container)) throw new Error('runs already');
    for (const [name, id] of Object.entries(container.networks)) {
      if (!this.#networks.has(id)) throw new Error(`network ${name} not found`);
    }
    if (container.namespace !== undefined) {
      const owner = this.#containers.get(container.namespace);
      if (owner === undefined || !this.#isUp(owner)) throw new Error('namespace is not there');
    }
    for (const other of this.#containers.values()) {
      const taken = [...container.ports].find((port) => this.#isUp(other) && other.ports.has(port));
      if (taken !== undefined) throw new Error(`port ${taken} is taken by ${other.name}`);
    }
    this.#update(container, { state: 'running', exitCode: undefined });
  }

  #isUp({ state }: { readonly state: ContainerState }): boolean {
    return state === 'running' || state === 'paused';
  }

  #checkName(name: string): void {
    for (const container of this.#containers.values()) {
      if (container.name === name) throw new Error(`name ${name} is taken`);
    }
  }

  #network(key: string): Observed['networks'][number] {
    const name = this.#project.networks[key]?.name ?? key;
    for (const network of this.#networks.values()) if (network.name === name) return network;
    throw new Error(`network ${name} does not exist`);
  }

  #find(reference: ContainerRef): ModelContainer | undefined {
    const id = 'id' in reference ? reference.id : this.#created.get(reference.createdBy);
    return id === undefined ? undefined : this.#containers.get(id);
  }

  #get(reference: ContainerRef): ModelContainer {
    const container = this.#find(reference);
    if (container === undefined) throw new Error(`no container ${JSON.stringify(reference)}`);
    return container;
  }

  #update(container: ModelContainer, change: Partial<ModelContainer>): void {
    this.#containers.set(container.id, { ...container, ...change });
  }
}
