// Detached signatures are valid only for the signed bytes and their key; openssl checks them as well.
import { execFileSync } from 'node:child_process';
import { createHash, generateKeyPairSync } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkSignature, readSigningKey, signReport } from '../../core/report/signature.js';
import { findProgram } from '../support/programs.js';
import { scratchFolders } from '../support/scratch.js';

function newKeys(): { readonly privatePem: string; readonly publicPem: string; readonly spki: Buffer } {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  return {
    privatePem: privateKey.export({ format: 'pem', type: 'pkcs8' }).toString(),
    publicPem: publicKey.export({ format: 'pem', type: 'spki' }).toString(),
    spki: publicKey.export({ format: 'der', type: 'spki' }),
  };
}

const names = { report: 'r.html', signature: 'r.html.sig', key: 'k.pem' };
const report = Buffer.from('a report\n');
const keys = newKeys();
const signed = signReport(report, readSigningKey(keys.privatePem, 'k.pem'));
const scratch = scratchFolders();
const openssl = findProgram('openssl');

function codeOf(work: () => unknown): unknown {
  try {
    work();
  } catch (error) {
    return error instanceof Error && 'code' in error ? error.code : error;
  }
  return 'nothing was thrown';
}

describe('a signature', () => {
  it('is right for the bytes that were signed, with and without the key', () => {
    const fingerprint = createHash('sha256').update(keys.spki).digest('hex');
    expect(checkSignature(report, signed, names)).toEqual({ fingerprint });
    expect(checkSignature(report, signed, names, keys.publicPem)).toEqual({ fingerprint });
  });

  it('is wrong for every other content', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 0, maxLength: 30 }), (bytes) => {
        fc.pre(!report.equals(bytes));
        expect(codeOf(() => checkSignature(bytes, signed, names))).toBe('signature.wrong');
      }),
    );
  });

  it('is refused when another key made it than the one that was asked for', () => {
    const other = newKeys();
    const theirs = signReport(report, readSigningKey(other.privatePem, 'k.pem'));
    expect(codeOf(() => checkSignature(report, theirs, names, keys.publicPem))).toBe('signature.other-key');
  });

  it('is wrong when only the key in the file was exchanged', () => {
    const [signature] = signed.split('\n');
    const [, otherKey] = signReport(report, readSigningKey(newKeys().privatePem, 'k.pem')).split('\n');
    const mixed = `${signature ?? ''}\n${otherKey ?? ''}\n`;
    expect(codeOf(() => checkSignature(report, mixed, names))).toBe('signature.wrong');
  });

  it.each(['', 'abc', signed.split('\n')[0] ?? '', `${signed}more\n`, `${'A'.repeat(88)}\nAAAA\n`])(
    'is unusable as %j',
    (text) => {
      expect(codeOf(() => checkSignature(report, text, names))).toBe('signature.unusable');
    },
  );

  it.skipIf(openssl === null)('is accepted by openssl', () => {
    const folder = scratch();
    const at = (name: string, content: string | Buffer): string => {
      writeFileSync(join(folder, name), content);
      return join(folder, name);
    };
    const signature = at('sig.bin', Buffer.from(signed.split('\n')[0] ?? '', 'base64'));
    const args = ['pkeyutl', '-verify', '-pubin', '-inkey', at('pub.pem', keys.publicPem), '-rawin'];
    const out = execFileSync(openssl ?? '', [...args, '-in', at('report', report), '-sigfile', signature]);
    expect(out.toString()).toContain('Signature Verified Successfully');
  });
});

describe('a key', () => {
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const cases: readonly (readonly [string, string, string])[] = [
    [
      'an RSA key',
      rsa.privateKey.export({ format: 'pem', type: 'pkcs8' }).toString(),
      'signature.key-wrong-kind',
    ],
    ['a public key', keys.publicPem, 'signature.key-wrong-kind'],
    [
      'a key with a passphrase',
      generateKeyPairSync('ed25519')
        .privateKey.export({ format: 'pem', type: 'pkcs8', cipher: 'aes-256-cbc', passphrase: 'secret' })
        .toString(),
      'signature.key-encrypted',
    ],
    ['no key', 'hello', 'signature.key-unreadable'],
    ['half a key', keys.privatePem.slice(0, 60), 'signature.key-unreadable'],
  ];

  it.each(cases)('that is %s signs nothing', (_, pem, code) => {
    expect(codeOf(() => readSigningKey(pem, 'k.pem'))).toBe(code);
  });

  it.each(cases.filter(([name]) => name !== 'a public key'))('that is %s checks nothing', (_, pem, code) => {
    expect(codeOf(() => checkSignature(report, signed, names, pem))).toBe(code);
  });

  it('never shows in what goes wrong with it', () => {
    const secret = keys.privatePem.split('\n')[1] ?? '';
    try {
      readSigningKey(keys.privatePem.replace('MC4', 'MC5'), 'k.pem');
    } catch (error) {
      const { message, stack = '', cause } = error instanceof Error ? error : new Error();
      expect(`${message}${stack}${String(cause)}`).not.toContain(secret.slice(5, 25));
      return;
    }
    throw new Error('the broken key was taken');
  });
});
