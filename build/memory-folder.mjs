// A folder in memory for the temporary files of a test run: real registries sync every blob to the disk, which takes half of their time there.
import { accessSync, chmodSync, constants, mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { freemem } from 'node:os';
import { join } from 'node:path';
import { spawnSync } from 'node:child_process';

const MEMORY = '/dev/shm';
/** Free memory that a test run must find, in bytes: the tests hold at most about 2 GiB at a time. */
const NEEDED = 6 * 2 ** 30;

/**
 * Makes such a folder, which is removed when this process ends.
 * @param {NodeJS.ProcessEnv} env with TMPDIR set the user has chosen a place, and it stays
 * @param {string} memory the file system in memory
 * @returns {string | null} null where there is none, where it has too little space, or where no programs may run in it
 */
export function memoryFolder(env = process.env, memory = MEMORY) {
  if (env.TMPDIR || freemem() < NEEDED) return null;
  try {
    accessSync(memory, constants.W_OK);
    const { bavail, bsize } = statfsSync(memory);
    if (bavail * bsize < NEEDED) return null;
    const folder = mkdtempSync(join(memory, 'archbridge-tests-'));
    process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
    return runsPrograms(folder) ? folder : null;
  } catch {
    return null;
  }
}

/** Tests run small programs that they write; some systems forbid that in memory (`noexec`). */
function runsPrograms(folder) {
  const program = join(folder, 'program');
  writeFileSync(program, '#!/bin/sh\n');
  chmodSync(program, 0o755);
  const { status } = spawnSync(program);
  rmSync(program);
  return status === 0;
}
