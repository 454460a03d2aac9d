// Detached signatures of report files: Ed25519 over the exact bytes. They prove that a report file was not changed.
// https://www.rfc-editor.org/rfc/rfc8032
import { createHash, createPrivateKey, createPublicKey, sign, verify, type KeyObject } from 'node:crypto';
import { AppError } from '../errors.js';

/** A private key; it never gets into an output or log. */
export interface SigningKey {
  readonly key: KeyObject;
}

/** The key that made a valid signature; the fingerprint is SHA-256 (hex) of the public key as SubjectPublicKeyInfo in DER. */
export interface SignedBy {
  readonly fingerprint: string;
}

/**
 * Reads a private key in PEM form; `file` is for messages. Throws `signature.key-encrypted`, `signature.key-unreadable`,
 * `signature.key-wrong-kind`.
 */
export function readSigningKey(pem: string, file: string): SigningKey {
  if (/-----BEGIN (?:RSA )?PUBLIC KEY-----/.test(pem)) throw wrongKind(file, 'public', 'private ed25519');
  const key = readKey(pem, file, createPrivateKey);
  if (key.asymmetricKeyType !== 'ed25519') throw wrongKind(file, typeOf(key), 'private ed25519');
  return { key };
}

/** The content of `<report file>.sig`: signature and public key, each in base64 on a line of its own. */
export function signReport(report: Uint8Array, { key }: SigningKey): string {
  const signature = sign(null, report, key).toString('base64');
  return `${signature}\n${spkiOf(createPublicKey(key)).toString('base64')}\n`;
}

/**
 * Proves that these bytes were signed with the key `pinned` (a public key in PEM form). Without `pinned` the key in the signature
 * file is taken, so a person must compare the fingerprint. Throws `signature.unusable`, `signature.other-key`, `signature.wrong`
 * and, for `pinned`, what {@link readSigningKey} throws.
 */
export function checkSignature(
  report: Uint8Array,
  signatureFile: string,
  names: { readonly report: string; readonly signature: string; readonly key?: string },
  pinned?: string,
): SignedBy {
  const [signature, key] = readSignatureFile(signatureFile, names.signature);
  const fingerprint = fingerprintOf(key);
  if (pinned !== undefined) {
    const expected = fingerprintOf(readPublicKey(pinned, names.key ?? ''));
    if (fingerprint !== expected) {
      const params = { file: names.report, fingerprint, expected };
      throw new AppError('signature.other-key', { origin: 'config', params });
    }
  }
  if (!verify(null, report, key, signature)) {
    throw new AppError('signature.wrong', { origin: 'config', params: { file: names.report, fingerprint } });
  }
  return { fingerprint };
}

function readSignatureFile(text: string, file: string): readonly [Buffer, KeyObject] {
  const [signature = '', key = '', ...rest] = text.trimEnd().split(/\r?\n/);
  const bytes = Buffer.from(signature, 'base64');
  const publicKey = keyFromSpki(Buffer.from(key, 'base64'));
  if (bytes.length !== 64 || publicKey?.asymmetricKeyType !== 'ed25519' || rest.length > 0) {
    throw new AppError('signature.unusable', { origin: 'config', params: { file } });
  }
  return [bytes, publicKey];
}

function keyFromSpki(der: Buffer): KeyObject | null {
  try {
    return createPublicKey({ key: der, format: 'der', type: 'spki' });
  } catch {
    return null;
  }
}

function readPublicKey(pem: string, file: string): KeyObject {
  const key = readKey(pem, file, createPublicKey);
  if (key.asymmetricKeyType !== 'ed25519') throw wrongKind(file, typeOf(key), 'public ed25519');
  return key;
}

function readKey(pem: string, file: string, read: (pem: string) => KeyObject): KeyObject {
  const params = { file };
  if (/-----BEGIN ENCRYPTED PRIVATE KEY-----|^Proc-Type: 4,ENCRYPTED/m.test(pem))
    throw new AppError('signature.key-encrypted', { origin: 'config', params });
  try {
    return read(pem);
  } catch {
    // the cause is left out, because its text may hold parts of a private key
    throw new AppError('signature.key-unreadable', { origin: 'config', params });
  }
}

function wrongKind(file: string, found: string, expected: string): AppError {
  return new AppError('signature.key-wrong-kind', { origin: 'config', params: { file, found, expected } });
}

function typeOf(key: KeyObject): string {
  return key.asymmetricKeyType ?? key.type;
}

function fingerprintOf(key: KeyObject): string {
  return createHash('sha256').update(spkiOf(key)).digest('hex');
}

function spkiOf(key: KeyObject): Buffer {
  return key.export({ format: 'der', type: 'spki' });
}
