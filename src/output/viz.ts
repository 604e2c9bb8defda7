import type { Project, Service } from '../compose/model.ts';
import { byBytes } from '../compose/byte-order.ts';
import { imageName } from '../scheduler/names.ts';

export interface VizOptions {
  readonly networks: boolean;
  readonly ports: boolean;
  readonly image: boolean;
  /** What stands before the lines of the graph. */
  readonly indentation: string;
}

/** The services of a project and what they depend on, as a graph for graphviz, in order of names. */
export function vizGraph(project: Project, options: VizOptions): string {
  const services = Object.values(project.services).toSorted((a, b) => byBytes(a.name, b.name));
  const line = (text: string): string => `${options.indentation}${text};\n`;
  const nodes = services.map((service) =>
    line(`"${service.name}" [style="filled" label=<${label(project, service, options)}>]`),
  );
  const edges = services.flatMap((service) =>
    Object.keys(service.depends_on ?? {})
      .filter((name) => project.services[name] !== undefined)
      .toSorted(byBytes)
      .map((name) => line(`"${service.name}" -> "${name}"`)),
  );
  const head = `digraph "${project.name}" {\n${line('layout=dot')}`;
  return `${head}${nodes.join('')}\n${edges.join('')}}\n`;
}

function label(project: Project, service: Service, options: VizOptions): string {
  const parts = [font(15, service.name)];
  const networks = byPriority(service);
  if (options.networks && networks.length > 0) parts.push(section('Networks', networks));
  const ports = (service.ports ?? []).map(
    ({ host_ip: ip, published = '', target = 0, protocol = '', mode = '' }) =>
      `${ip === undefined || ip === '' ? '' : `${ip}:`}${published}:${target} (${protocol}, ${mode})`,
  );
  if (options.ports && ports.length > 0) parts.push(section('Ports', ports));
  if (options.image) parts.push(section('Image', [imageName(project, service)]));
  return parts.join('');
}

function section(title: string, lines: readonly string[]): string {
  const text = lines.map((each) => `<br/>${each}`).join('');
  return font(10, `<br/><br/><b>${title}:</b>${text}`);
}

function font(size: number, text: string): string {
  return `<font point-size="${size}">${text}</font>`;
}

/** Names of a service's networks, the most important first. */
function byPriority({ networks = {} }: Service): readonly string[] {
  const priority = (name: string): number => networks[name]?.priority ?? 0;
  return Object.keys(networks).toSorted((a, b) => priority(b) - priority(a) || byBytes(a, b));
}
