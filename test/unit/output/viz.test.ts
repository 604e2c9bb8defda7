import { describe, expect, it } from 'vitest';
import { vizGraph } from '../../../src/output/viz.ts';
import { project, service } from '../../integration/engine/projects.ts';

const bare = { networks: false, ports: false, image: false, indentation: '\t' };
const started = { condition: 'service_started', required: true } as const;
const shop = project('shop', {
  services: {
    web: service('web', {
      image: 'nginx',
      depends_on: { db: started, cache: started, gone: started },
      networks: { back: null, front: { priority: 5 }, also: null },
      ports: [
        { target: 80, published: '8080', protocol: 'tcp', mode: 'ingress' },
        { target: 53, host_ip: '::1', protocol: 'udp', mode: 'host' },
      ],
    }),
    db: { name: 'db', networks: {}, depends_on: { cache: started } },
    cache: service('cache'),
  },
});

describe('the graph of a project', () => {
  it('has services and dependencies in order of their names', () => {
    expect(vizGraph(shop, bare)).toBe(`digraph "shop" {
	layout=dot;
	"cache" [style="filled" label=<<font point-size="15">cache</font>>];
	"db" [style="filled" label=<<font point-size="15">db</font>>];
	"web" [style="filled" label=<<font point-size="15">web</font>>];

	"db" -> "cache";
	"web" -> "cache";
	"web" -> "db";
}
`);
  });

  it('tells networks by priority, ports and images when asked to', () => {
    const full = vizGraph(shop, { networks: true, ports: true, image: true, indentation: '' });
    const lines = full.split('\n');
    expect(lines[1]).toBe('layout=dot;');
    expect(lines[3]).toBe(
      '"db" [style="filled" label=<<font point-size="15">db</font><font point-size="10"><br/><br/><b>Image:</b><br/>shop-db</font>>];',
    );
    expect(lines[4]).toBe(
      '"web" [style="filled" label=<<font point-size="15">web</font>' +
        '<font point-size="10"><br/><br/><b>Networks:</b><br/>front<br/>also<br/>back</font>' +
        '<font point-size="10"><br/><br/><b>Ports:</b><br/>8080:80 (tcp, ingress)<br/>::1::53 (udp, host)</font>' +
        '<font point-size="10"><br/><br/><b>Image:</b><br/>nginx</font>>];',
    );
  });

  it('of nothing is empty', () => {
    expect(vizGraph(project('p'), bare)).toBe('digraph "p" {\n\tlayout=dot;\n\n}\n');
  });
});
