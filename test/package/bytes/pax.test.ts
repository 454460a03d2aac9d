// PAX records are split by their length, so that a value cannot forge a record.
import { describe, expect, it } from 'vitest';
import { parsePax } from '../../../core/package/bytes/pax.js';
import { paxRecords } from '../../support/packages.js';

describe('parsePax', () => {
  it('reads path, linkpath and size', () => {
    const records = paxRecords({ path: 'a/ü=b', linkpath: 'c', size: '8589934592', mtime: '1.5' });
    expect(parsePax(records)).toEqual({ path: 'a/ü=b', linkpath: 'c', size: 8589934592, sparse: false });
  });

  it('is not fooled by a record inside a value', () => {
    const forged = paxRecords({ 'SCHILY.xattr.user.x': 'y\n18 path=evil.tar', path: 'good' });
    expect(parsePax(forged)).toEqual({ path: 'good', sparse: false });
  });

  it('takes a later record, and takes one back by an empty value', () => {
    const bytes = Buffer.concat([paxRecords({ path: 'a' }), paxRecords({ path: '' })]);
    expect(parsePax(bytes)).toEqual({ sparse: false });
  });

  it.each(['8 path=a\n', '99 path=a\n', 'x path=a\n', '12 path=abc', '11 size=-1\n', '12 size=1e3\n'])(
    'refuses %j',
    (text) => {
      expect(parsePax(Buffer.from(text))).toBeNull();
    },
  );
});
