import type { HostFacts } from './facts.ts';
import { type Step, minute, second } from './step.ts';

/**
 * Ends when cloud-init has: its result is there, or its last unit ended without one. `cloud-init status --wait` of
 * older releases waits for ever where it crashed.
 */
const WAIT = `before=
while [ ! -e /run/cloud-init/result.json ]; do
  case "$(systemctl show cloud-final.service -p ActiveState)" in *=active|*=failed) exit 0;; esac
  stage=$(sed -n 's/.*"stage": *"\\([a-z-]*\\)".*/\\1/p' /run/cloud-init/status.json 2>/dev/null)
  [ "$stage" = "$before" ] || echo "cloud-init: \${stage:-between two stages}"
  before=$stage
  sleep 0.3
done`;

/** Waits for the cloud's own preparation of the host, which holds apt's lock and makes users. */
export function waitForCloudInit(): Step {
  return {
    kind: 'system',
    title: 'wait for cloud-init',
    // That something in the user data failed is told afterwards, and does not keep an engine away.
    argv: ['sh', '-c', WAIT],
    timeout: 15 * minute,
    changes: false,
    lateHint:
      '`cloud-init status --long` and /var/log/cloud-init-output.log on the host say what it is at; when it has ended, run the same command again',
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
