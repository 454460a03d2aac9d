// Fields that are removed from log lines, as paths for pino's redaction; the log of every host uses them.

const SECRET_KEYS = [
  'password',
  'authorization',
  'token',
  'secret',
  'credentials',
  'chartCredentials',
  'cookie',
];

/** The paths name each depth at which a field can occur. */
export const LOG_SECRETS: readonly string[] = SECRET_KEYS.flatMap((key) => [key, `*.${key}`, `*.*.${key}`]);
