import { tlsFault } from './tls-fault.ts';

/** What went wrong at an engine, as far as it makes a difference to what the user should do. */
export type EngineErrorKind =
  | 'no-engine'
  | 'tls'
  | 'permission-denied'
  | 'too-old'
  | 'unsupported'
  | 'not-found'
  | 'conflict'
  | 'name-in-use'
  | 'port-in-use'
  | 'in-use'
  | 'disk-full'
  | 'unauthorized'
  | 'invalid'
  | 'condition-failed'
  | 'connection-lost'
  | 'failed';

export interface EngineErrorDetails {
  /** HTTP status of the engine's answer. */
  readonly status?: number;
  /** What would help, as one sentence or a command. */
  readonly hint?: string;
  /** What the call was about: `container p-web-1`, `image nginx`. */
  readonly resource?: string;
  /** What in the project it is about, where that is known: `services.web.ports[0]`. */
  readonly path?: string;
  /** Exit code for the command that fails with it, where that is not 1. */
  readonly exitCode?: number;
  readonly cause?: unknown;
}

/** A failure of an engine or of the way to it. `message` is the engine's own wherever it gave one. */
export class EngineError extends Error {
  override readonly name = 'EngineError';
  readonly kind: EngineErrorKind;
  readonly status: number | undefined;
  readonly hint: string | undefined;
  readonly resource: string | undefined;
  readonly path: string | undefined;
  readonly exitCode: number;

  constructor(kind: EngineErrorKind, message: string, details: EngineErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.kind = kind;
    this.status = details.status;
    this.hint = details.hint;
    this.resource = details.resource;
    this.path = details.path;
    this.exitCode = details.exitCode ?? 1;
  }
}

/** True for an engine error of one of the given kinds. */
export function isEngineError(
  error: unknown,
  ...kinds: readonly EngineErrorKind[]
): error is EngineError {
  return error instanceof EngineError && (kinds.length === 0 || kinds.includes(error.kind));
}

/** Message of whatever was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

interface Rule {
  readonly kind: EngineErrorKind;
  readonly status?: readonly number[];
  readonly pattern?: RegExp;
  readonly hint?: string;
}

/** First match wins: texts are more specific than statuses (port conflicts arrive as 500). */
const RULES: readonly Rule[] = [
  {
    kind: 'port-in-use',
    pattern: /port is already allocated|address already in use|ports are not available/i,
    hint: 'Stop what listens on that port, or publish another one.',
  },
  {
    kind: 'disk-full',
    pattern: /no space left on device|disk quota exceeded/i,
    hint: 'Free space on the engine\'s disk: "docker system df" shows what uses it, "docker system prune" removes what is unused.',
  },
  {
    kind: 'unsupported',
    pattern: /could not select device driver/i,
    hint: 'The engine has no driver for these devices (gpus, deploy.resources.reservations.devices, devices by CDI name): for NVIDIA install the NVIDIA Container Toolkit on its host, run "sudo nvidia-ctk runtime configure --runtime=docker" and restart it.',
  },
  {
    kind: 'unsupported',
    pattern: /unresolvable CDI devices/i,
    hint: 'The engine\'s host describes no such device in /etc/cdi or /var/run/cdi: "docker info" lists those that it knows; for NVIDIA "sudo nvidia-ctk cdi generate --output=/etc/cdi/nvidia.yaml" describes them.',
  },
  {
    kind: 'name-in-use',
    status: [409],
    pattern: /container name .* is already in use/i,
    hint: 'Remove or rename the other container, or set another container_name.',
  },
  {
    kind: 'in-use',
    pattern:
      /has active endpoints|volume is in use|image is being used|is using its referenced image/i,
  },
  {
    kind: 'tls',
    status: [400],
    pattern: /HTTP request to an HTTPS server/i,
    hint: 'The engine speaks TLS: set DOCKER_TLS_VERIFY=1 and DOCKER_CERT_PATH to the folder with ca.pem, cert.pem and key.pem.',
  },
  {
    kind: 'too-old',
    status: [400],
    pattern: /client version \S+ is too (?:new|old)/i,
    hint: 'Unset DOCKER_API_VERSION to agree on a version; the engine has to be Docker 20.10 or newer.',
  },
  { kind: 'not-found', status: [404] },
  { kind: 'conflict', status: [409] },
  {
    kind: 'unauthorized',
    pattern: /unauthorized|authentication required|requested access to the resource is denied/i,
    hint: 'Log in to the registry with "docker login".',
  },
  { kind: 'unauthorized', status: [401] },
  { kind: 'unsupported', status: [501] },
  { kind: 'invalid', status: [400, 405, 406, 422] },
];

/** Translates a refusal by the engine: HTTP status and the message of its body. */
export function fromResponse(status: number, message: string, resource?: string): EngineError {
  const rule = RULES.find(
    ({ status: statuses, pattern }) =>
      (statuses === undefined || statuses.includes(status)) &&
      (pattern === undefined || pattern.test(message)),
  );
  return new EngineError(rule?.kind ?? 'failed', `Error response from daemon: ${message.trim()}`, {
    status,
    ...(rule?.hint === undefined ? {} : { hint: rule.hint }),
    ...(resource === undefined ? {} : { resource }),
  });
}

const LOST = new Set(['ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'ERR_STREAM_PREMATURE_CLOSE']);
const ABSENT = new Set(
  'ENOENT ENOTDIR ECONNREFUSED ENOTFOUND EAI_AGAIN EHOSTUNREACH ENETUNREACH'.split(' '),
);

/**
 * Translates a failure to reach the engine at `address` (`unix:///var/run/docker.sock`), through a proxy
 * where `via` names one.
 */
export function fromTransport(error: unknown, address: string, via?: string): EngineError {
  if (error instanceof EngineError) return error;
  const code = codeOf(error);
  const local = address.startsWith('unix:');
  if (code === 'EACCES' || code === 'EPERM') {
    return new EngineError(
      'permission-denied',
      `permission denied while trying to connect to the Docker daemon socket at ${address}`,
      {
        hint: 'Add yourself to the docker group ("sudo usermod -aG docker $USER", then log in again), or run the command with sudo.',
        cause: error,
      },
    );
  }
  if (ABSENT.has(code) || (code === 'ETIMEDOUT' && isConnecting(error))) {
    return new EngineError(
      'no-engine',
      `Cannot connect to the Docker daemon at ${address}. Is the docker daemon running?`,
      {
        hint: local
          ? 'Start it with "sudo systemctl start docker"; if there is none yet, install it with "curl -fsSL https://get.docker.com | sh".'
          : via === undefined
            ? 'Check that the host is up and that the address in DOCKER_HOST, --host or the context is right.'
            : `The way leads through the proxy that ${via}: check that, or except the engine with NO_PROXY.`,
        cause: error,
      },
    );
  }
  if (LOST.has(code)) {
    return new EngineError(
      'connection-lost',
      `lost the connection to the Docker daemon at ${address}${lossOf(error)}`,
      {
        hint: `Check that ${local ? 'the engine still runs' : 'the host and its engine still run'}, then run the same command again.`,
        cause: error,
      },
    );
  }
  const fault = tlsFault(code, messageOf(error));
  if (fault !== undefined) {
    return new EngineError(
      'tls',
      `error during connect to the Docker daemon at ${address}: ${fault.reason}`,
      { hint: fault.hint, cause: error },
    );
  }
  return new EngineError(
    'failed',
    `error during connect to the Docker daemon at ${address}: ${messageOf(error)}`,
    { cause: error },
  );
}

/** Whether the connection timed out before there was any. */
function isConnecting(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'syscall' in error
    ? error.syscall === 'connect'
    : false;
}

function codeOf(error: unknown): string {
  if (typeof error !== 'object' || error === null) return '';
  const { code, errors } = error as { code?: unknown; errors?: unknown };
  if (typeof code === 'string') return code;
  return Array.isArray(errors) && errors.length > 0 ? codeOf(errors[0]) : '';
}

/** What is known besides that a connection is lost; of these words nobody learns more. */
function lossOf(error: unknown): string {
  const message = messageOf(error);
  return ['aborted', 'socket hang up'].includes(message) ? '' : `: ${message}`;
}
