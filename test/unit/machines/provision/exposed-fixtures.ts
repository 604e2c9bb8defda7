/** Where docker-machine put its drop-in. */
export const MACHINE_DROP_IN = '/etc/systemd/system/docker.service.d/10-machine.conf';

/** The drop-in as docker-machine 0.16.2 wrote it, with options of the engine and its environment. */
export function machineDropIn(
  options = '--storage-driver overlay2 --label tier=web --label provider=generic --insecure-registry reg.local:5000 --registry-mirror http://mirror.local:5000 --log-level=warn',
  ...env: readonly string[]
): string {
  const tls =
    '--tlsverify --tlscacert /etc/docker/ca.pem --tlscert /etc/docker/server.pem --tlskey /etc/docker/server-key.pem';
  const variables = env.map((variable) => `${variable} `).join('');
  return `[Service]
ExecStart=
ExecStart=/usr/bin/dockerd -H tcp://0.0.0.0:2376 -H unix:///var/run/docker.sock ${tls} ${options} 
Environment=${variables}
`;
}
