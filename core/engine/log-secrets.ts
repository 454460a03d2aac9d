// Fields of log lines that never get into a log, as paths that pino takes; every host's log uses them.

const SECRET_KEYS = [
  'password',
  'authorization',
  'token',
  'secret',
  'credentials',
  'chartCredentials',
  'cookie',
];

/** Each depth that fields can have is named. */
export const LOG_SECRETS: readonly string[] = SECRET_KEYS.flatMap((key) => [key, `*.${key}`, `*.*.${key}`]);
