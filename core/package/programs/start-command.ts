// Reads from an image config which files the image starts and in which folders it looks for programs.
// https://github.com/opencontainers/image-spec/blob/main/config.md#properties
import { posix } from 'node:path';
import { z } from 'zod';
import { optional } from '../../content/absent.js';
import { parseJson } from '../../content/json-text.js';
import { LIMITS } from '../../flow/limits.js';

export interface StartCommand {
  /** Folders of PATH inside the image, without a leading slash. */
  readonly folders: readonly string[];
  /** Files that entrypoint and command name by a path, without a leading slash. */
  readonly files: readonly string[];
}

/** PATH that container runtimes set when the config does not. */
const STANDARD_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

const words = optional(z.array(z.string())).catch(undefined);
const schema = z.looseObject({
  config: optional(
    z.looseObject({
      Env: words,
      Entrypoint: words,
      Cmd: words,
      WorkingDir: optional(z.string()).catch(undefined),
    }),
  ).catch(undefined),
});

/** Reads the bytes of a config. One that cannot be read names no files and has the standard PATH. */
export function startCommandOf(configBytes: Buffer): StartCommand {
  const { Env, Entrypoint, Cmd, WorkingDir } = readConfig(configBytes) ?? {};
  const path = Env?.findLast((one) => one.startsWith('PATH='))?.slice('PATH='.length) || STANDARD_PATH;
  // with init programs and shells (`tini -- /opt/app`, `sh -c "exec /opt/app"`) the real program is one of the arguments
  const named = [...(Entrypoint ?? []), ...(Cmd ?? [])].flatMap((word) => word.split(/\s+/));
  const insideImage = (file: string) => posix.resolve('/', WorkingDir ?? '', file).slice(1);
  return {
    folders: path
      .split(':')
      .filter((folder) => folder.startsWith('/'))
      .slice(0, LIMITS.startFiles)
      .map(insideImage),
    files: [
      ...new Set(
        named
          .filter((word) => word.includes('/') && !word.includes('='))
          .slice(0, LIMITS.startFiles)
          .map(insideImage),
      ),
    ],
  };
}

function readConfig(bytes: Buffer): z.infer<typeof schema>['config'] {
  return schema.safeParse(parseJson(bytes.toString('utf8'))).data?.config;
}
