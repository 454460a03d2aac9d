// Log files stay bounded, and what is logged cannot harm a terminal.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openLogFile } from '../../core/layout/log-file.js';
import { scratchFolders } from '../support/scratch.js';

const scratch = scratchFolders();

describe('a log file', () => {
  it('is renamed when it is full; three old ones are kept', () => {
    const folder = scratch();
    const path = join(folder, 'a.log');
    const log = openLogFile(path, 20);
    for (let at = 0; at < 12; at++) log.write(`{"line":${String(at)}}\n`);
    log.close();
    expect(readdirSync(folder).toSorted()).toEqual(['a.log', 'a.log.1', 'a.log.2', 'a.log.3']);
    const lines = ['a.log.3', 'a.log.2', 'a.log.1', 'a.log'].map((name) =>
      readFileSync(join(folder, name), 'utf8'),
    );
    expect(lines.join('').trim().split('\n').at(-1)).toBe('{"line":11}');
    expect(lines.join('').trim().split('\n').length).toBeLessThan(12);
  });

  it('goes on where it ended, and holds escapes as text', () => {
    const path = join(scratch(), 'a.log');
    for (const text of ['first', 'x\u009b31m\u202e']) {
      const log = openLogFile(path);
      log.write(`${JSON.stringify({ msg: text })}\n`);
      log.close();
    }
    expect(readFileSync(path, 'utf8')).toBe('{"msg":"first"}\n{"msg":"x\\u009b31m\\u202e"}\n');
  });
});
