import { ProviderError, type ProviderErrorKind } from '../provider-error.ts';

/** What is known where a call failed. */
export interface FailurePlace {
  readonly region: string;
  readonly profile?: string | undefined;
  /** Where profiles lie, if not where they do as a rule. */
  readonly files?: readonly string[];
  /** Which credentials the call was made with, in words. */
  readonly credentials?: string;
}

const KINDS: readonly (readonly [RegExp, ProviderErrorKind])[] = [
  [
    /^(RequestLimitExceeded|.*Throttl.*|TooManyRequests.*|SlowDown|EC2ThrottledException)$/,
    'throttled',
  ],
  [
    /^(AuthFailure|UnrecognizedClientException|InvalidClientTokenId|SignatureDoesNotMatch|ExpiredToken.*|RequestExpired|UnauthorizedOperation|AccessDenied.*|OptInRequired|PendingVerification|Blocked|NotSignedUp|InvalidAccessKeyId|IncompleteSignature)$/,
    'denied',
  ],
  [
    /^(Insufficient.*Capacity|InsufficientFreeAddressesInSubnet|.*LimitExceeded|MaxSpotInstanceCountExceeded|SpotMaxPriceTooLow|Unsupported|Server\.Insufficient.*)$/,
    'capacity',
  ],
  [/\.NotFound$|^NoSuchEntity$/, 'not-found'],
  [/\.Duplicate$|^AlreadyExists$/, 'already-exists'],
  [/^(DependencyViolation|.*\.InUse|VolumeInUse|IncorrectInstanceState|ResourceInUse)$/, 'in-use'],
  [/^(Invalid|Missing|Malformed|Unknown|Idempotent|VPCIdNotSpecified|Validation)/, 'invalid'],
];

/** What an error of the SDK means; the account's own words stay. */
export function ec2Failure(error: unknown, place: FailurePlace): ProviderError {
  if (error instanceof ProviderError) return error;
  const { name, message } = words(error);
  if (/CredentialsProviderError|TokenProviderError|ProviderError$/.test(name)) {
    return credentialFailure(message, place, error);
  }
  if (isConnectionFailure(error)) {
    return new ProviderError('unreachable', `EC2 in ${place.region} did not answer: ${message}`, {
      hint: `Check the network and that the region "${place.region}" exists; nothing is lost, the same command goes on where this one stopped.`,
      ...codeOf(error),
      cause: error,
    });
  }
  const kind = KINDS.find(([pattern]) => pattern.test(name))?.[1] ?? 'failed';
  const hint = hintOf(name, kind, place);
  return new ProviderError(kind, `EC2: ${message}`, {
    code: name,
    ...(hint === undefined ? {} : { hint }),
    cause: error,
  });
}

/** As docker-machine worded it. */
const NO_CREDENTIALS =
  'amazonec2 driver requires AWS credentials configured with the --amazonec2-access-key and --amazonec2-secret-key ' +
  'options, environment variables, ~/.aws/credentials, or an instance role';

/** No credentials, or such that cannot be used any more. */
function credentialFailure(message: string, place: FailurePlace, cause: unknown): ProviderError {
  const login = `aws sso login${place.profile === undefined ? '' : ` --profile ${place.profile}`}`;
  if (/SSO|token.*expired|refresh/i.test(message)) {
    return new ProviderError('denied', `AWS: ${message}`, {
      hint: `Log in again: ${login}.`,
      cause,
    });
  }
  const files = (place.files ?? ['~/.aws/credentials', '~/.aws/config']).join(' and ');
  const profile =
    place.profile === undefined
      ? `the default profile of ${files}`
      : `the profile "${place.profile}" of ${files}`;
  const title =
    place.profile === undefined
      ? NO_CREDENTIALS
      : `AWS needs credentials and the profile "${place.profile}" gives none`;
  return new ProviderError('no-credentials', title, {
    hint: `Looked at --amazonec2-access-key and --amazonec2-secret-key, AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, AWS_PROFILE, ${profile} (keys, SSO, credential_process), web identity (AWS_WEB_IDENTITY_TOKEN_FILE), and the metadata of containers and instances. AWS says: ${message}`,
    cause,
  });
}

function hintOf(
  name: string,
  kind: ProviderErrorKind,
  { region, credentials = 'the default chain of AWS' }: FailurePlace,
): string | undefined {
  if (/^(ExpiredToken.*|RequestExpired)$/.test(name)) {
    return `The credentials (${credentials}) have expired: get new ones (aws sso login, or a new session token) and run the command again.`;
  }
  if (name === 'UnauthorizedOperation') {
    return `The credentials (${credentials}) may not do this: docs/providers.md lists the actions that are needed; "aws sts decode-authorization-message" makes the message readable.`;
  }
  if (name === 'OptInRequired')
    return 'Agree to the terms of the image, or enable the region, in the AWS console.';
  if (name === 'IdempotentParameterMismatch') {
    return 'An earlier try had other settings, and EC2 shows nothing that it made: --force begins anew.';
  }
  if (name === 'RulesPerSecurityGroupLimitExceeded') {
    return 'Remove rules for addresses that are not used any more from the security group, in the AWS console.';
  }
  switch (kind) {
    case 'denied':
      return `Tried were the credentials of ${credentials}: check AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN or the profile, the clock of this computer, and that ${region} is enabled for the account.`;
    case 'capacity':
      return name === 'InstanceLimitExceeded' || name === 'VcpuLimitExceeded'
        ? `Remove machines, or ask AWS for a higher quota in ${region}.`
        : 'Try another --amazonec2-zone, --amazonec2-instance-type or --amazonec2-region, or the same again later.';
    case 'throttled':
      return 'The account makes too many calls; wait a minute, or raise --amazonec2-retries.';
    default:
      return undefined;
  }
}

/** Code of an error of the API, such as `InvalidGroup.Duplicate`. */
export function hasCode(error: unknown, ...codes: readonly string[]): boolean {
  return error instanceof ProviderError && codes.includes(error.code ?? '');
}

function words(error: unknown): { readonly name: string; readonly message: string } {
  if (!(error instanceof Error)) return { name: 'Error', message: String(error) };
  const { Code } = error as { Code?: unknown };
  return { name: typeof Code === 'string' ? Code : error.name, message: error.message };
}

function isConnectionFailure(error: unknown): boolean {
  const { $response: answer, $metadata: metadata } = error as {
    $response?: unknown;
    $metadata?: { httpStatusCode?: number };
  };
  if (metadata?.httpStatusCode !== undefined || answer !== undefined) return false;
  const { name } = words(error);
  return name === 'TimeoutError' || codeOf(error).code !== undefined;
}

/** Code of Node for what went wrong with a connection. */
function codeOf(error: unknown): { readonly code?: string } {
  const { code } = error as { code?: unknown };
  return typeof code === 'string' && /^E[A-Z_]+$/.test(code) ? { code } : {};
}
