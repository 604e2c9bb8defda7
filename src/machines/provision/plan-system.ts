import type { HostFacts } from './facts.ts';
import { type Step, minute, second } from './step.ts';

/** Waits for the cloud's own preparation of the host, which holds apt's lock and makes users. */
export function waitForCloudInit(): Step {
  return {
    kind: 'system',
    title: 'wait for cloud-init',
    // It fails when something in the user data did, which is told but does not keep an engine away.
    argv: ['sh', '-c', 'cloud-init status --wait; true'],
    timeout: 15 * minute,
    changes: false,
  };
}

const HOSTNAME = `set -e
hostnamectl set-hostname "$1" 2>/dev/null || { echo "$1" >/etc/hostname; hostname "$1"; }
# cloud-init would give the old name back at the next boot.
if [ -d /etc/cloud/cloud.cfg.d ]; then echo 'preserve_hostname: true' >/etc/cloud/cloud.cfg.d/99-tcompose-hostname.cfg; fi
# Without an address for its own name sudo complains each time. The file may be a mount, which cannot be replaced.
if ! grep -qE "[[:space:]]$1([[:space:]]|\\$)" /etc/hosts; then
  hosts=$(grep -v '^127\\.0\\.1\\.1[[:space:]]' /etc/hosts || true)
  printf '%s\\n127.0.1.1 %s\\n' "$hosts" "$1" >/etc/hosts
fi
`;

/** Gives the host its name, where one was asked for and it has another. */
export function setHostname(facts: HostFacts, name: string | undefined): readonly Step[] {
  if (name === undefined || name === facts.hostname) return [];
  return [
    {
      kind: 'system',
      title: `name the host ${name}`,
      argv: ['sh', '-c', HOSTNAME, 'hostname', name],
      timeout: 30 * second,
      changes: true,
      details: [`host name: ${facts.hostname} → ${name}`],
    },
  ];
}

/** Lets the user of the connection use the engine without root. */
export function addToGroup(facts: HostFacts): {
  readonly steps: readonly Step[];
  readonly notes: readonly string[];
} {
  if (facts.root === 'root' || facts.groups.includes('docker')) return { steps: [], notes: [] };
  const step: Step = {
    kind: 'system',
    title: `add ${facts.user} to the group docker`,
    renewsSession: true,
    // Distributions make the group with the package; a script that installed the engine may have not.
    argv: [
      'sh',
      '-c',
      'getent group docker >/dev/null || groupadd --system docker; usermod -aG docker "$1"',
      'group',
      facts.user,
    ],
    timeout: 30 * second,
    changes: true,
  };
  return {
    steps: [step],
    notes: [
      `${facts.user} is in the group docker now, which is as good as being root on the host; sessions that are open already do not know it yet`,
    ],
  };
}
