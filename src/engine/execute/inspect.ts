import type { EngineClient } from '../client.ts';

/** Part of the answer of `GET /containers/{id}/json`. */
export interface ContainerInspect {
  readonly Id: string;
  readonly Name: string;
  readonly State: {
    readonly Status: string;
    readonly Running: boolean;
    readonly ExitCode: number;
    readonly Error?: string;
    readonly OOMKilled?: boolean;
    readonly Health?: { readonly Status: string; readonly Log?: readonly HealthProbe[] | null };
  };
  readonly Config: {
    readonly Healthcheck?: { readonly Test?: readonly string[] | null } | null;
    readonly Tty?: boolean;
  };
  readonly Mounts?: readonly {
    readonly Type: string;
    readonly Name?: string;
    readonly Source: string;
    readonly Destination: string;
    readonly RW: boolean;
  }[];
}

export interface HealthProbe {
  readonly ExitCode: number;
  readonly Output: string;
}

/** Looks at one container. Throws `not-found` when it is gone. */
export function inspectContainer(
  client: EngineClient,
  container: { readonly id: string; readonly name: string },
  signal: AbortSignal,
): Promise<ContainerInspect> {
  return client.send<ContainerInspect>(
    {
      method: 'GET',
      path: `/containers/${encodeURIComponent(container.id)}/json`,
      resource: `container ${container.name}`,
    },
    signal,
  );
}
