/** Why a TLS connection could not be made, in words, and what would help. */
export interface TlsFault {
  readonly reason: string;
  readonly hint: string;
}

interface Rule {
  readonly code: RegExp;
  /** Looked for in the message where codes do not tell enough. */
  readonly message?: RegExp;
  readonly reason: (message: string) => string;
  readonly hint: string;
}

const OWN = 'DOCKER_CERT_PATH, the --tls… flags or the context';

const RULES: readonly Rule[] = [
  {
    code: /^ERR_TLS_CERT_ALTNAME_INVALID$/,
    reason: (message) => {
      const names = /altnames: (.*)$/.exec(message.split('is not in the cert')[1] ?? '')?.[1];
      return `its certificate is for another name${names === undefined ? '' : ` (${names})`}`;
    },
    hint: "Use a name that the certificate lists, or have the engine's certificate made for this one.",
  },
  {
    code: /^CERT_HAS_EXPIRED$|^CERT_NOT_YET_VALID$/,
    reason: (message) => `its ${message}`,
    hint: "Renew the engine's certificate; if it should be valid, check the clocks of both machines.",
  },
  {
    code: /^UNABLE_TO_|^SELF_SIGNED_|^DEPTH_ZERO_SELF_SIGNED_CERT$|^CERT_UNTRUSTED$|^CERT_SIGNATURE_FAILURE$/,
    reason: () => 'its certificate is signed by an unknown authority',
    hint: `Give the ca.pem of the authority that signed it: ${OWN}.`,
  },
  {
    code: /ALERT_CERTIFICATE_REQUIRED|ALERT_HANDSHAKE_FAILURE/,
    reason: () => 'it wants a client certificate',
    hint: `Give cert.pem and key.pem: ${OWN}.`,
  },
  {
    code: /ALERT_CERTIFICATE_EXPIRED/,
    reason: () => 'it says that the client certificate has expired',
    hint: `Renew cert.pem and key.pem: ${OWN}.`,
  },
  {
    code: /ALERT_(?:UNKNOWN_CA|BAD_CERTIFICATE|CERTIFICATE_UNKNOWN|DECRYPT_ERROR)/,
    reason: () => 'it does not accept the client certificate',
    hint: `Give a cert.pem that the engine's own authority signed: ${OWN}.`,
  },
  {
    code: /^EPROTO$|WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG/,
    message: /wrong version number|packet length too long|record layer failure/i,
    reason: () => 'it does not speak TLS',
    hint: 'If it is meant to be reached without, unset DOCKER_TLS_VERIFY and DOCKER_TLS.',
  },
  {
    code: /^HPE_/,
    reason: () => 'it does not answer like an engine (no HTTP)',
    hint: 'Check the port; if the engine speaks TLS, set DOCKER_TLS_VERIFY=1 and DOCKER_CERT_PATH.',
  },
];

/** What a failure with Node's `code` and `message` means, if it is about TLS. */
export function tlsFault(code: string, message: string): TlsFault | undefined {
  const rule = RULES.find(
    (each) =>
      each.code.test(code) &&
      (each.message === undefined || each.message.test(`${code} ${message}`)),
  );
  return rule === undefined ? undefined : { reason: rule.reason(message), hint: rule.hint };
}
