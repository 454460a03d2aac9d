// Other programs that tests run against or use, and which of them this machine has.
import { accessSync, constants } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';

/** Each program, with the tests that need it. */
export const PARTNERS = [
  { name: 'docker-registry', tests: 'tests against distribution 2.8' },
  { name: 'registry', tests: 'tests against distribution 3' },
  { name: 'skopeo', tests: 'reading results with skopeo' },
  { name: 'crane', tests: 'reading results with crane' },
  { name: 'helm', tests: 'rendering and pulling charts with helm' },
  { name: 'openssl', tests: 'checking signatures with openssl' },
  { name: 'chromium', tests: 'the app, end to end' },
  { name: 'node22', tests: 'the command line under Node 22' },
  { name: 'node24', tests: 'the command line under Node 24, which Electron has' },
  { name: 'bash', tests: 'completion in bash' },
  { name: 'mkfifo', tests: 'named pipes in place of files' },
];

/** @returns {typeof PARTNERS} those that are neither on PATH nor in the folder of `.ci/run` */
export function missingPartners() {
  const cache = process.env.XDG_CACHE_HOME || join(homedir(), '.cache');
  const folders = [...(process.env.PATH ?? '').split(delimiter), join(cache, 'archbridge-ci', 'bin')];
  return PARTNERS.filter(({ name }) => !folders.some((folder) => isProgram(join(folder, name))));
}

function isProgram(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
