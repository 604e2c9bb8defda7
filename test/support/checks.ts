/** The facts that steps of a scenario can state. */
import { isDeepStrictEqual } from 'node:util';
import type { ContainerDetails } from './api.ts';
import { run } from './command.ts';
import { type Check, type Scene, containersByName, projectLabel } from './scenario.ts';
import { engineAddress } from './test-engine.ts';

const serviceLabel = 'com.docker.compose.service';
const oneOffLabel = 'com.docker.compose.oneoff';

/** The command ends with this code. */
export function exits(code: number): Check {
  return {
    title: `its exit code is ${code}`,
    judgesExit: true,
    verify: async ({ result }) => differs(result.code, code),
  };
}

/** The command's standard output contains this text, or matches; use facts about the engine where possible. */
export function prints(expected: string | RegExp): Check {
  return outputCheck('stdout', expected);
}

/** The same for standard error. */
export function reports(expected: string | RegExp): Check {
  return outputCheck('stderr', expected);
}

/** Neither stream contains this text. */
export function silentAbout(text: string): Check {
  return {
    title: `its output does not mention ${JSON.stringify(text)}`,
    verify: async ({ result }) =>
      `${result.stdout}${result.stderr}`.includes(text) ? 'it does' : undefined,
  };
}

/** Standard output is exactly this, trailing white space aside. */
export function printsExactly(expected: string): Check {
  return {
    title: `stdout is ${JSON.stringify(expected)}`,
    verify: async ({ result }) => differs(result.stdout.trimEnd(), expected.trimEnd()),
  };
}

/** Standard output is one JSON value of which this is true. */
export function printsJson(title: string, holds: (value: unknown) => boolean): Check {
  return {
    title: `stdout is JSON: ${title}`,
    verify: async ({ result }) =>
      holds(JSON.parse(result.stdout)) ? undefined : `stdout is ${result.stdout}`,
  };
}

/** The service has this many containers (one by default), all in this state (`running`, `exited`…). */
export function state(service: string, expected: string, count = 1): Check {
  return {
    title: `${service} has ${count} container(s), ${expected}`,
    verify: async (scene) => {
      const states = (await ofService(scene, service)).map((each) => each.State.Status);
      return differs(
        states,
        Array.from({ length: count }, () => expected),
      );
    },
  };
}

/** All containers of the service are healthy. */
export function healthy(service: string): Check {
  return {
    title: `${service} is healthy`,
    verify: async (scene) => {
      const found = (await ofService(scene, service)).map((each) => each.State.Health?.Status);
      return found.length > 0 && found.every((each) => each === 'healthy')
        ? undefined
        : `its health is ${JSON.stringify(found)}`;
    },
  };
}

/** The project has exactly these containers. */
export function containers(...names: readonly string[]): Check {
  return {
    title: `the project's containers are ${names.join(', ') || 'none'}`,
    verify: async ({ api, project }) =>
      differs([...(await containersByName(api, project)).keys()], names.toSorted()),
  };
}

/** The project has exactly these networks. */
export function networks(...names: readonly string[]): Check {
  return {
    title: `the project's networks are ${names.join(', ') || 'none'}`,
    verify: async ({ api, project }) =>
      differs(await api.networks(projectLabel(project)), names.toSorted()),
  };
}

/** The project has exactly these named volumes. */
export function volumes(...names: readonly string[]): Check {
  return {
    title: `the project's volumes are ${names.join(', ') || 'none'}`,
    verify: async ({ api, project }) =>
      differs(await api.volumes(projectLabel(project)), names.toSorted()),
  };
}

/** The containers that the service had before the step are still the same ones. */
export function notRecreated(service: string): Check {
  return comparison(service, 'keeps its containers', (was, is) => was.Id === is.Id);
}

/** The containers are the same and have not been restarted. */
export function untouched(service: string): Check {
  return comparison(
    service,
    'is not touched',
    (was, is) => was.Id === is.Id && was.State.StartedAt === is.State.StartedAt,
  );
}

/** Every container that the service had before the step has been replaced by one of the same name. */
export function recreated(service: string): Check {
  return comparison(service, 'is recreated', (was, is) => was.Id !== is.Id);
}

/** What was mounted at `target` before the step still is. */
export function keepsVolume(service: string, target: string): Check {
  const source = (of: ContainerDetails): string | undefined =>
    of.Mounts.find((mount) => mount.Destination === target)?.Name;
  return comparison(
    service,
    `keeps the volume at ${target}`,
    (was, is) => source(was) !== undefined && source(was) === source(is),
  );
}

/** The volume that the service had at `target` before the step does not exist any more. */
export function losesVolume(service: string, target: string): Check {
  return {
    title: `the volume that ${service} had at ${target} is gone`,
    verify: async ({ api, before }) => {
      const had = [...before.values()]
        .filter((each) => each.Config.Labels[serviceLabel] === service)
        .flatMap((each) => each.Mounts.filter((mount) => mount.Destination === target));
      if (had.length === 0) return 'it had none';
      const names = had.map((mount) => mount.Name ?? '');
      const answers = await Promise.all(names.map((name) => api.call('GET', `/volumes/${name}`)));
      return differs(
        answers.map(({ status }) => status),
        names.map(() => 404),
      );
    },
  };
}

/** A container of the service has this property. */
export function inspected(
  service: string,
  title: string,
  holds: (container: ContainerDetails) => boolean,
): Check {
  return {
    title: `${service}: ${title}`,
    verify: async (scene) => {
      const found = await ofService(scene, service);
      if (found.length === 0) return 'it has no container';
      return found.every((each) => holds(each)) ? undefined : JSON.stringify(found, undefined, 2);
    },
  };
}

/** The project has this one container of `run`, with this property. */
export function oneOff(title: string, holds: (container: ContainerDetails) => boolean): Check {
  return {
    title: `its one-off: ${title}`,
    verify: async ({ api, project }) => {
      const found = await api.containers([projectLabel(project), `${oneOffLabel}=True`]);
      return found.length === 1 && found.every((each) => holds(each))
        ? undefined
        : JSON.stringify(found, undefined, 2);
    },
  };
}

/** No volume of the engine is left that no container uses and nobody named. */
export function noAbandonedVolumes(): Check {
  return {
    title: 'no anonymous volume is left behind',
    verify: async ({ api, abandoned }) => {
      const left = await api.abandonedVolumes();
      return differs(
        left.filter((name) => !abandoned.includes(name)),
        [],
      );
    },
  };
}

/** A command inside the service's first container prints this text. */
export function inside(service: string, command: readonly string[], expected: string): Check {
  return {
    title: `in ${service}, ${command.join(' ')} prints ${JSON.stringify(expected)}`,
    verify: async (scene) => {
      const [container] = await ofService(scene, service);
      if (container === undefined) return `${service} has no container`;
      const output = await scene.api.execute(container.Id, command);
      return differs(output.trimEnd(), expected);
    },
  };
}

/** The port on the engine's side answers a request for `/` with this text. */
export function serves(port: number, expected: string): Check {
  return {
    title: `port ${port} serves ${JSON.stringify(expected)}`,
    verify: async () => {
      const got = await run('curl', ['-sS', '--max-time', '5', `http://${engineAddress}:${port}/`]);
      return differs(got.code === 0 ? got.stdout.trimEnd() : got.stderr, expected);
    },
  };
}

/** The service has been started after all containers of the other one were (first start of each). */
export function startedAfter(service: string, other: string): Check {
  return {
    title: `${service} started after ${other}`,
    verify: async (scene) => {
      const times = async (name: string): Promise<readonly string[]> =>
        (await ofService(scene, name)).map((each) => each.State.StartedAt);
      const [mine, theirs] = [await times(service), await times(other)];
      const after = mine.every((time) =>
        theirs.every((their) => Date.parse(time) >= Date.parse(their)),
      );
      return mine.length > 0 && theirs.length > 0 && after
        ? undefined
        : `${service}: ${mine.join()}; ${other}: ${theirs.join()}`;
    },
  };
}

async function ofService(scene: Scene, service: string): Promise<readonly ContainerDetails[]> {
  const labels = [projectLabel(scene.project), `${serviceLabel}=${service}`];
  return await scene.api.containers([...labels, `${oneOffLabel}=False`]);
}

function comparison(
  service: string,
  title: string,
  holds: (was: ContainerDetails, is: ContainerDetails) => boolean,
): Check {
  return {
    title: `${service} ${title}`,
    verify: async (scene) => {
      const now = new Map((await ofService(scene, service)).map((each) => [each.Name, each]));
      const earlier = [...scene.before.values()].filter(
        (each) => each.Config.Labels[serviceLabel] === service,
      );
      if (earlier.length === 0) return 'it had no container before this step';
      const wrong = earlier.filter((was) => {
        const is = now.get(was.Name);
        return is === undefined || !holds(was, is);
      });
      return wrong.length === 0
        ? undefined
        : `not so: ${wrong.map((each) => each.Name).join(', ')}`;
    },
  };
}

function outputCheck(stream: 'stdout' | 'stderr', expected: string | RegExp): Check {
  return {
    title: `${stream} has ${String(expected)}`,
    verify: async ({ result }) => {
      const text = result[stream];
      const found = typeof expected === 'string' ? text.includes(expected) : expected.test(text);
      return found ? undefined : `${stream} has not`;
    },
  };
}

function differs(actual: unknown, expected: unknown): string | undefined {
  return isDeepStrictEqual(actual, expected) ? undefined : `it is ${JSON.stringify(actual)}`;
}
