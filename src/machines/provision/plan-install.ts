import { fail, ok, type Result } from '../../foundation/result.ts';
import type { HostFacts } from './facts.ts';
import {
  aptInstall,
  aptRepository,
  aptUpdate,
  dnfRepository,
  dpkgConfigure,
  extrasInstall,
  rpmInstall,
} from './packages.ts';
import type { PlanInput } from './plan-input.ts';
import { type Refusal, type Step, minute } from './step.ts';
import { choosePackaging, findSystem, type Packaging } from './systems.ts';
import { pickVersion } from './versions.ts';

/** Steps that install something, and whether what they bring has to be looked at before it goes on. */
export interface Installation {
  readonly steps: readonly Step[];
  readonly again: boolean;
}

/** Lists older than this are refreshed, so that they do not name files that the archive has no more. */
const FRESH_SECONDS = 12 * 60 * 60;

/** How the engine gets onto a host that has none. */
export function planInstallation({
  facts,
  engine,
  dockerKeys,
}: PlanInput): Result<Installation, Refusal> {
  if (engine.source === 'none') {
    return fail({
      message: 'the host has no Docker Engine, and none is to be installed',
      hint: 'install one by hand, or leave --engine-source away',
    });
  }
  const system = findSystem(facts);
  if (engine.installUrl !== undefined) {
    // A script of the user's may know systems that are not known here.
    return ok({ steps: [...finishInterrupted(facts), runScript(engine.installUrl)], again: false });
  }
  if (!system.ok) return system;
  const packaging = choosePackaging(system.value, engine.source, facts);
  if (!packaging.ok) return packaging;
  switch (packaging.value.tool) {
    case 'apt':
      return planApt(facts, { ...packaging.value, keys: dockerKeys }, engine.version);
    case 'dnf':
    case 'yum':
      return ok(planRpm(facts, { ...packaging.value, keys: dockerKeys }, engine.version));
    case 'amazon-linux-extras':
      return engine.version === undefined
        ? ok({ steps: [extrasInstall()], again: false })
        : ok(planRpm(facts, { ...packaging.value, keys: dockerKeys }, engine.version));
  }
}

function finishInterrupted(facts: HostFacts): readonly Step[] {
  return facts.interrupted ? [dpkgConfigure()] : [];
}

interface Source extends Packaging {
  /** Of Docker's repository. */
  readonly folder?: string;
  readonly keys: readonly string[] | undefined;
}

function planApt(
  facts: HostFacts,
  packaging: Source,
  version: string | undefined,
): Result<Installation, Refusal> {
  const steps: Step[] = [...finishInterrupted(facts)];
  const addsSource = packaging.folder !== undefined && !facts.dockerSource;
  const stale = facts.listsAge === undefined || facts.listsAge > FRESH_SECONDS;
  const offered = facts.versions[packaging.engine] ?? [];
  const authorities = facts.packages['ca-certificates'] === undefined ? ['ca-certificates'] : [];
  if (addsSource) {
    // The repository speaks HTTPS.
    if (authorities.length > 0)
      steps.push(...(stale ? [aptUpdate()] : []), aptInstall(authorities));
    steps.push(...aptRepository(packaging.folder ?? '', facts.os.codename, packaging.keys));
  }
  const unknown = addsSource || stale;
  if (unknown || (offered.length === 0 && version === undefined)) steps.push(aptUpdate());
  // Which versions there are is known once the lists are here.
  if (version !== undefined && unknown) return ok({ steps, again: true });
  const names = [
    ...packaging.others,
    ...(addsSource ? [] : authorities),
    // With AppArmor in the kernel no container starts without its parser.
    ...(facts.apparmor && facts.packages['apparmor'] === undefined ? ['apparmor'] : []),
  ];
  if (version === undefined) {
    steps.push(aptInstall([packaging.engine, ...names]));
    return ok({ steps, again: false });
  }
  const picked = pickVersion(packaging.engine, offered, version);
  if (!picked.ok) return picked;
  const pinned = pinnedApt([packaging.engine, ...names], picked.value);
  steps.push(aptInstall(pinned, ['--allow-downgrades']));
  return ok({ steps, again: false });
}

/** The engine and its command of one version; what else there is has versions of its own. */
export function pinnedApt(names: readonly string[], version: string): readonly string[] {
  const pinned = new Set(['docker-ce', 'docker-ce-cli', 'docker.io', 'docker-cli']);
  return names.map((name) => (pinned.has(name) ? `${name}=${version}` : name));
}

function planRpm(
  { dockerSource }: HostFacts,
  { folder, keys, ...packaging }: Source,
  version: string | undefined,
): Installation {
  // One that the administrator has set up may be a mirror.
  const repository = folder === undefined || dockerSource ? [] : dnfRepository(folder, keys);
  const tool = packaging.tool === 'dnf' ? 'dnf' : 'yum';
  return {
    steps: [...repository, rpmInstall(tool, rpmNames(packaging, version))],
    again: false,
  };
}

/** Packages for dnf, whose names take patterns: `docker-ce-28.5.*`. */
export function rpmNames(
  packaging: Pick<Packaging, 'engine' | 'others'>,
  version: string | undefined,
): readonly string[] {
  const names = [packaging.engine, ...packaging.others];
  if (version === undefined) return names;
  const pinned = new Set(['docker-ce', 'docker-ce-cli', 'docker', 'moby-engine']);
  const pattern = /[:-]/.test(version)
    ? version
    : `${version}${version.split('.').length < 3 ? '.*' : '-*'}`;
  return names.map((name) => (pinned.has(name) ? `${name}-${pattern}` : name));
}

/** `--engine-install-url`: fetched whole before it is run, with whatever the host can fetch with. */
function runScript(url: string): Step {
  const script = `file=$(mktemp) || exit 1
trap 'rm -f "$file"' EXIT
IFS= read -r url
if command -v curl >/dev/null; then printf 'url = "%s"\\n' "$url" | curl -fsSL --retry 3 -o "$file" -K -
elif command -v wget >/dev/null; then printf '%s\\n' "$url" | wget -nv -O "$file" -i -
else
  case $url in *@* | *\\?*) echo "neither curl nor wget is there for an address with a secret" >&2; exit 1 ;; esac
  /usr/lib/apt/apt-helper download-file "$url" "$file"
fi || exit
sh "$file"`;
  return {
    kind: 'packages',
    title: `run ${url.replace(/\/\/[^/@]+@/, '//…@').replace(/\?.*/s, '?…')}`,
    argv: ['env', 'DEBIAN_FRONTEND=noninteractive', 'NEEDRESTART_SUSPEND=1', 'sh', '-c', script],
    // It may have a password, which nobody else on the host may see.
    input: `${url.replace(/["\\\s]/g, encodeURIComponent)}\n`,
    secret: true,
    timeout: 30 * minute,
    changes: true,
  };
}
