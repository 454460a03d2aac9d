// A log file that stays bounded: it is renamed when it is full, and the oldest of the renamed ones is overwritten.
import { closeSync, fstatSync, mkdirSync, openSync, renameSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { printableJson } from '../messages/printable.js';

/** Bytes of one file, and how many full ones are kept: `app.log.1` is the newest of them. */
const LARGEST = 20 * 1024 * 1024;
const KEPT = 3;

/** The same, in a folder that may not be there yet. */
export function openLogFileIn(folder: string, name: string): LogFile {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  return openLogFile(join(folder, name));
}

export interface LogFile {
  /** Writes a line that ends in a line feed at once, so that the last lines before a crash are there. A full disk loses it. */
  write(line: string): void;
  close(): void;
}

/** Opens a log file for appending. Throws what the file system says. `largest`: bytes of one file. */
export function openLogFile(path: string, largest = LARGEST): LogFile {
  let file = openSync(path, 'a', 0o600);
  let size = fstatSync(file).size;
  const rotate = (): void => {
    closeSync(file);
    for (let at = KEPT - 1; at > 0; at--) moved(`${path}.${at}`, `${path}.${at + 1}`);
    moved(path, `${path}.1`);
    file = openSync(path, 'a', 0o600);
    size = 0;
  };
  if (size >= largest) rotate();
  return {
    write(line) {
      try {
        if (size >= largest) rotate();
        size += writeSync(file, printableJson(line));
      } catch {
        // what is logged must not end what is done
      }
    },
    close: () => closeSync(file),
  };
}

function moved(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch {
    // it was not there yet
  }
}
