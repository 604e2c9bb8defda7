/**
 * A DigitalOcean on the loopback interface that remembers what is made in it. Every call and every answer is checked
 * against the description of the real API; what is not as described is in `violations`, which tests want empty.
 */
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import * as catalogue from './digitalocean-catalogue.ts';
import { SpecChecker, type SpecRequest } from './digitalocean-spec.ts';

export const FAKE_TOKEN = 'dop_v1_fake';

export interface FakeDroplet {
  readonly id: number;
  readonly name: string;
  status: 'new' | 'active' | 'off';
  /** What was asked for. */
  readonly request: Readonly<Record<string, unknown>>;
  readonly tags: string[];
  address?: string;
  /** How many looks it takes until it is active, or after a removal until it is gone; Infinity: never. */
  looks: number;
  removing: boolean;
}

export interface FakeFirewall {
  readonly id: string;
  body: Record<string, unknown>;
}

export interface FakeOptions {
  /** Looks at a new droplet until it is active and has an address. */
  readonly activation?: number;
  /** Looks at a removed droplet until it is gone. */
  readonly removal?: number;
  /** Address of the nth droplet. */
  readonly address?: (n: number) => string;
  /** Most that a page of a list has, whatever is asked for. */
  readonly page?: number;
}

interface Answer {
  readonly status: number;
  readonly body?: unknown;
}

type Handler = (request: SpecRequest, id: string) => Answer;

export class FakeDigitalOcean implements AsyncDisposable {
  readonly url: string;
  readonly violations: string[] = [];
  readonly calls: string[] = [];
  readonly droplets = new Map<number, FakeDroplet>();
  readonly keys = new Map<
    number,
    { id: number; name: string; fingerprint: string; public_key: string }
  >();
  readonly firewalls = new Map<string, FakeFirewall>();
  readonly tags = new Set<string>();
  readonly actions = new Map<
    number,
    { id: number; type: string; droplet: number; looks: number }
  >();
  readonly projects = new Map<string, string[]>();
  options: FakeOptions;
  #next = 3_164_000;
  #made = 0;
  readonly #checker: SpecChecker;
  readonly #server: ReturnType<typeof createServer>;

  private constructor(
    checker: SpecChecker,
    server: ReturnType<typeof createServer>,
    options: FakeOptions,
  ) {
    this.#checker = checker;
    this.#server = server;
    this.options = options;
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  static async start(spec: string, options: FakeOptions = {}): Promise<FakeDigitalOcean> {
    const checker = await SpecChecker.load(spec);
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const fake = new FakeDigitalOcean(checker, server, options);
    server.on('request', (request, response) => void fake.#serve(request, response));
    return fake;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  /** Forgets everything, so that a test begins with an empty account. */
  reset(options: FakeOptions = {}): void {
    for (const each of [this.droplets, this.keys, this.firewalls, this.tags, this.actions]) {
      each.clear();
    }
    this.projects.clear();
    this.violations.length = 0;
    this.calls.length = 0;
    this.options = options;
  }

  /** Everything that is there, for checks that nothing was left behind. */
  left(): string[] {
    return [
      ...[...this.droplets.values()].map(({ name }) => `droplet ${name}`),
      ...[...this.keys.values()].map(({ name }) => `key ${name}`),
      ...[...this.firewalls.values()].map(({ body }) => `firewall ${String(body['name'])}`),
    ];
  }

  async #serve(message: IncomingMessage, response: ServerResponse): Promise<void> {
    let text = '';
    for await (const chunk of message) text += String(chunk);
    const url = new URL(message.url ?? '/', this.url);
    const request: SpecRequest = {
      method: message.method ?? 'GET',
      path: url.pathname,
      query: Object.fromEntries(url.searchParams),
      headers: message.headers as Record<string, string>,
      ...(text === '' ? {} : { body: JSON.parse(text) as unknown }),
    };
    this.calls.push(`${request.method} ${request.path}`);
    const answer = this.#answer(request);
    const title = `${request.method} ${request.path} -> ${answer.status}`;
    for (const fault of this.#checker.answerFaults(request, answer.status, answer.body)) {
      this.violations.push(`${title}: ${fault}`);
    }
    const json = answer.body === undefined ? '' : JSON.stringify(answer.body);
    response.writeHead(answer.status, {
      'content-type': 'application/json',
      'ratelimit-limit': '5000',
      'ratelimit-remaining': '4999',
      'ratelimit-reset': '1798000000',
    });
    response.end(json);
  }

  #answer(request: SpecRequest): Answer {
    if (request.headers['authorization'] !== `Bearer ${FAKE_TOKEN}`) {
      return refuse(401, 'unauthorized', 'Unable to authenticate you');
    }
    const faults = this.#checker.requestFaults(request);
    if (faults.length > 0) {
      this.violations.push(...faults.map((fault) => `${request.method} ${request.path}: ${fault}`));
      return refuse(422, 'unprocessable_entity', faults.join('; '));
    }
    const name = this.#checker.operation(request) ?? undescribed(request);
    const handler = name === undefined ? undefined : this.#handlers[name];
    if (handler === undefined) return refuse(404, 'not_found', `no route for ${request.path}`);
    const parts = request.path.split('/');
    const id = decodeURIComponent(
      parts.at(
        ['actions', 'resources', 'droplets', 'rules'].includes(parts.at(-1) ?? '') ? -2 : -1,
      ) ?? '',
    );
    return handler(request, id);
  }

  readonly #handlers: Readonly<Record<string, Handler>> = {
    account_get: () => ({ status: 200, body: { account: catalogue.account } }),
    regions_list: (request) => this.#page(request, 'regions', catalogue.regions),
    sizes_list: (request) => this.#page(request, 'sizes', catalogue.sizes),
    images_list: (request) =>
      this.#page(
        request,
        'images',
        request.query['private'] === 'true' ? catalogue.privateImages : catalogue.images,
      ),
    vpcs_list: (request) => this.#page(request, 'vpcs', catalogue.vpcs),
    projects_list: (request) => this.#page(request, 'projects', catalogue.projects),
    projects_assign: (request, id) => {
      const { resources } = request.body as { resources: string[] };
      this.projects.set(id, [...(this.projects.get(id) ?? []), ...resources]);
      return { status: 200, body: { resources: resources.map((urn) => ({ urn, status: 'ok' })) } };
    },
    sshKeys_list: (request) => this.#page(request, 'ssh_keys', [...this.keys.values()]),
    sshKeys_get: (_, id) => {
      const key = this.#key(id);
      return key === undefined ? notFound() : { status: 200, body: { ssh_key: key } };
    },
    sshKeys_create: (request) => this.#addKey(request.body as { name: string; public_key: string }),
    sshKeys_delete: (_, id) => {
      const key = this.#key(id);
      return key !== undefined && this.keys.delete(key.id) ? { status: 204 } : notFound();
    },
    tags_create: (request) => {
      const { name } = request.body as { name: string };
      this.tags.add(name);
      return { status: 201, body: { tag: this.#tag(name) } };
    },
    tags_list: (request) =>
      this.#page(
        request,
        'tags',
        [...this.tags].map((name) => this.#tag(name)),
      ),
    tags_get: (_, id) =>
      this.tags.has(id) ? { status: 200, body: { tag: this.#tag(id) } } : notFound(),
    tags_delete: (_, id) => (this.tags.delete(id) ? { status: 204 } : notFound()),
    firewalls_list: (request) =>
      this.#page(request, 'firewalls', [...this.firewalls.values()].map(renderFirewall)),
    firewalls_get: (_, id) => {
      const firewall = this.firewalls.get(id);
      if (firewall === undefined) return notFound();
      return { status: 200, body: { firewall: renderFirewall(firewall) } };
    },
    firewalls_create: (request) => this.#addFirewall(request.body as Record<string, unknown>),
    firewalls_update: (request, id) => {
      const firewall = this.firewalls.get(id);
      if (firewall === undefined) return notFound();
      firewall.body = request.body as Record<string, unknown>;
      return { status: 200, body: { firewall: renderFirewall(firewall) } };
    },
    firewalls_delete: (_, id) => (this.firewalls.delete(id) ? { status: 204 } : notFound()),
    firewalls_assign_droplets: (request, id) => {
      const firewall = this.firewalls.get(id);
      if (firewall === undefined) return notFound();
      const { droplet_ids } = request.body as { droplet_ids: number[] };
      const before = (firewall.body['droplet_ids'] as number[] | undefined) ?? [];
      firewall.body = { ...firewall.body, droplet_ids: [...before, ...droplet_ids] };
      return { status: 204 };
    },
    firewalls_add_rules: (request, id) => this.#changeRules(request, id),
    firewalls_delete_rules: (request, id) => this.#changeRules(request, id),
    droplets_list: (request) => {
      const { tag_name: tag, name } = request.query;
      const found = [...this.droplets.values()].filter(
        (droplet) =>
          (tag === undefined || droplet.tags.includes(tag)) &&
          (name === undefined || droplet.name === name),
      );
      return this.#page(request, 'droplets', found.map(renderDroplet));
    },
    droplets_create: (request) => this.#addDroplet(request.body as Record<string, unknown>),
    droplets_get: (_, id) => {
      const droplet = this.droplets.get(Number(id));
      if (droplet === undefined) return notFound();
      this.#pass(droplet);
      if (!this.droplets.has(droplet.id)) return notFound();
      return { status: 200, body: { droplet: renderDroplet(droplet) } };
    },
    droplets_destroy: (_, id) => {
      const droplet = this.droplets.get(Number(id));
      if (droplet === undefined) return notFound();
      droplet.removing = true;
      droplet.looks = this.options.removal ?? 1;
      if (droplet.looks === 0) this.droplets.delete(droplet.id);
      return { status: 204 };
    },
    dropletActions_post: (request, id) =>
      this.#act(Number(id), (request.body as { type: string }).type),
    actions_get: (_, id) => {
      const action = this.actions.get(Number(id));
      if (action === undefined) return notFound();
      action.looks -= 1;
      if (action.looks <= 0) this.#settle(action.droplet, action.type);
      return { status: 200, body: { action: renderAction(action) } };
    },
  };

  #page(request: SpecRequest, key: string, all: readonly unknown[]): Answer {
    const size = Math.min(
      Number(request.query['per_page'] ?? 20),
      this.options.page ?? Number.POSITIVE_INFINITY,
    );
    const page = Number(request.query['page'] ?? 1);
    const items = all.slice((page - 1) * size, page * size);
    const next = `https://api.digitalocean.com${request.path}?page=${page + 1}`;
    const links = page * size < all.length ? { pages: { next } } : {};
    return { status: 200, body: { [key]: items, links, meta: { total: all.length } } };
  }

  #key(id: string) {
    return [...this.keys.values()].find((key) => String(key.id) === id || key.fingerprint === id);
  }

  #addKey({ name, public_key }: { name: string; public_key: string }): Answer {
    const bytes = public_key.split(' ')[1] ?? '';
    if (!/^(ssh|ecdsa)-/.test(public_key) || bytes === '') {
      return refuse(422, 'unprocessable_entity', 'Key invalid, key should be of type ssh');
    }
    const digest = createHash('md5').update(Buffer.from(bytes, 'base64')).digest('hex');
    const fingerprint = (digest.match(/../g) ?? []).join(':');
    if (this.#key(fingerprint) !== undefined) {
      return refuse(422, 'unprocessable_entity', 'SSH Key is already in use on your account');
    }
    const key = { id: this.#id(), name, fingerprint, public_key };
    this.keys.set(key.id, key);
    return { status: 201, body: { ssh_key: key } };
  }

  #addFirewall(body: Record<string, unknown>): Answer {
    const taken = [...this.firewalls.values()].some((each) => each.body['name'] === body['name']);
    if (taken) return refuse(409, 'conflict', 'duplicate name');
    const unknown = ((body['tags'] as string[] | null) ?? []).find((tag) => !this.tags.has(tag));
    if (unknown !== undefined) {
      return refuse(422, 'unprocessable_entity', `tag ${unknown} does not exist`);
    }
    const digest = createHash('md5').update(String(this.#id())).digest('hex');
    const id = digest.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
    const firewall = { id, body };
    this.firewalls.set(id, firewall);
    return { status: 202, body: { firewall: renderFirewall(firewall) } };
  }

  /** Rules are the same when all of them is; a firewall has none twice. */
  #changeRules({ method, body }: SpecRequest, id: string): Answer {
    const firewall = this.firewalls.get(id);
    if (firewall === undefined) return notFound();
    const { inbound_rules: given = [] } = body as { inbound_rules?: object[] };
    const there = (firewall.body['inbound_rules'] as object[] | undefined) ?? [];
    const same = (one: object) => (other: object) => JSON.stringify(one) === JSON.stringify(other);
    if (method === 'DELETE') {
      const left = there.filter((rule) => !given.some(same(rule)));
      firewall.body = { ...firewall.body, inbound_rules: left };
      return { status: 204 };
    }
    if (given.some((rule) => there.some(same(rule)))) {
      return refuse(422, 'unprocessable_entity', 'duplicate rule');
    }
    firewall.body = { ...firewall.body, inbound_rules: [...there, ...given] };
    return { status: 204 };
  }

  #addDroplet(body: Record<string, unknown>): Answer {
    const wrong = this.#wrongDroplet(body);
    if (wrong !== undefined) return refuse(422, 'unprocessable_entity', wrong);
    if (this.droplets.size >= catalogue.account.droplet_limit) {
      return refuse(422, 'unprocessable_entity', 'creating this would exceed your droplet limit');
    }
    const tags = (body['tags'] as string[] | undefined) ?? [];
    for (const tag of tags) this.tags.add(tag);
    const droplet: FakeDroplet = {
      id: this.#id(),
      name: String(body['name']),
      status: 'new',
      request: body,
      tags: [...tags],
      looks: this.options.activation ?? 1,
      removing: false,
    };
    this.droplets.set(droplet.id, droplet);
    return { status: 202, body: { droplet: renderDroplet(droplet), links: {} } };
  }

  #wrongDroplet(body: Record<string, unknown>): string | undefined {
    const region = catalogue.regions.find(({ slug }) => slug === body['region']);
    if (region?.available !== true) return 'Region is not available';
    const size = catalogue.sizes.find(({ slug }) => slug === body['size']);
    if (size === undefined) return 'You specified an invalid size for Droplet creation.';
    if (!size.regions.includes(region.slug)) return 'Size is not available in this region.';
    const { image, ssh_keys: keys = [] } = body as {
      image: unknown;
      ssh_keys?: (string | number)[];
    };
    const all = [...catalogue.images, ...catalogue.privateImages];
    if (!all.some(({ id, slug }) => id === image || (slug !== null && slug === image))) {
      return 'You specified an invalid image for Droplet creation.';
    }
    const unknown = keys.find((key) => this.#key(String(key)) === undefined);
    return unknown === undefined
      ? undefined
      : `${unknown} are invalid key identifiers for Droplet creation.`;
  }

  /** What time would do, done by looks. */
  #pass(droplet: FakeDroplet): void {
    droplet.looks -= 1;
    if (droplet.looks > 0) return;
    if (droplet.removing) this.droplets.delete(droplet.id);
    else if (droplet.status === 'new') {
      this.#made += 1;
      droplet.status = 'active';
      droplet.address = (this.options.address ?? defaultAddress)(this.#made);
    }
  }

  #act(id: number, type: string): Answer {
    const droplet = this.droplets.get(id);
    if (droplet === undefined) return notFound();
    if (type === 'power_on' && droplet.status === 'active') {
      return refuse(422, 'unprocessable_entity', 'Droplet is already powered on.');
    }
    if ((type === 'power_off' || type === 'shutdown') && droplet.status === 'off') {
      return refuse(422, 'unprocessable_entity', 'Droplet is already powered off.');
    }
    const action = { id: this.#id(), type, droplet: id, looks: 2 };
    this.actions.set(action.id, action);
    return { status: 201, body: { action: renderAction(action) } };
  }

  #settle(id: number, type: string): void {
    const droplet = this.droplets.get(id);
    if (droplet === undefined) return;
    if (type === 'power_on') droplet.status = 'active';
    if (type === 'power_off' || type === 'shutdown') droplet.status = 'off';
  }

  #tag(name: string) {
    const count = [...this.droplets.values()].filter(({ tags }) => tags.includes(name)).length;
    return { name, resources: { count, droplets: { count } } };
  }

  #id(): number {
    this.#next += 1;
    return this.#next;
  }
}

/** Projects and single rules are not in the part of the description that there is. */
function undescribed({ method, path }: SpecRequest): string | undefined {
  if (method === 'GET' && path === '/v2/projects') return 'projects_list';
  if (method === 'POST' && /^\/v2\/projects\/[^/]+\/resources$/.test(path))
    return 'projects_assign';
  if (/^\/v2\/firewalls\/[^/]+\/rules$/.test(path)) {
    if (method === 'POST') return 'firewalls_add_rules';
    if (method === 'DELETE') return 'firewalls_delete_rules';
  }
  return undefined;
}

function renderDroplet({ id, name, status, request, tags, address }: FakeDroplet) {
  const size = catalogue.sizes.find(({ slug }) => slug === request['size']);
  const image = [...catalogue.images, ...catalogue.privateImages].find(
    (each) => each.id === request['image'] || each.slug === request['image'],
  );
  const v4 =
    address === undefined
      ? []
      : [
          {
            ip_address: `10.10.10.${(id % 250) + 2}`,
            netmask: '255.255.255.0',
            gateway: '10.10.10.1',
            type: 'private',
          },
          { ip_address: address, netmask: '255.255.240.0', gateway: '203.0.113.1', type: 'public' },
        ];
  const v6 =
    address === undefined || request['ipv6'] !== true
      ? []
      : [
          {
            ip_address: `2001:db8::${id % 9999}`,
            netmask: 64,
            gateway: '2001:db8::1',
            type: 'public',
          },
        ];
  return {
    id,
    name,
    memory: size?.memory,
    vcpus: size?.vcpus,
    disk: size?.disk,
    locked: false,
    status,
    created_at: '2026-11-26T10:00:00Z',
    features: [],
    backup_ids: [],
    next_backup_window: null,
    snapshot_ids: [],
    image,
    volume_ids: [],
    size,
    size_slug: request['size'],
    networks: { v4, v6 },
    region: catalogue.regions.find(({ slug }) => slug === request['region']),
    tags,
    vpc_uuid: (request['vpc_uuid'] as string | undefined) ?? catalogue.vpcs[0]?.id,
  };
}

function renderFirewall({ id, body }: FakeFirewall) {
  return {
    id,
    status: 'succeeded',
    created_at: '2026-11-26T10:00:00Z',
    pending_changes: [],
    name: body['name'],
    tags: body['tags'] ?? [],
    droplet_ids: body['droplet_ids'] ?? [],
    inbound_rules: body['inbound_rules'] ?? [],
    outbound_rules: body['outbound_rules'] ?? [],
  };
}

function renderAction({
  id,
  type,
  droplet,
  looks,
}: {
  id: number;
  type: string;
  droplet: number;
  looks: number;
}) {
  const done = looks <= 0;
  return {
    id,
    status: done ? 'completed' : 'in-progress',
    type,
    started_at: '2026-11-26T10:00:00Z',
    completed_at: done ? '2026-11-26T10:00:05Z' : null,
    resource_id: droplet,
    resource_type: 'droplet',
    region_slug: 'nyc3',
  };
}

function defaultAddress(n: number): string {
  return `203.0.113.${n % 250}`;
}

function refuse(status: number, id: string, message: string): Answer {
  return { status, body: { id, message, request_id: '4d9d8375-3c56-4925-a3e7-eb137fed17e9' } };
}

function notFound(): Answer {
  return refuse(404, 'not_found', 'The resource you requested could not be found.');
}
