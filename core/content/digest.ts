// Content digests as OCI defines them; Archbridge reads and writes SHA-256 only.
import { createHash, type Hash } from 'node:crypto';

/** `sha256:` and 64 lower-case hex digits. https://github.com/opencontainers/image-spec/blob/main/descriptor.md#digests */
export type Digest = `sha256:${string}`;

const PATTERN = /^sha256:[0-9a-f]{64}$/;

/** True when the text is a well-formed SHA-256 digest. */
export function isDigest(text: unknown): text is Digest {
  return typeof text === 'string' && PATTERN.test(text);
}

/** The digest of 64 hex digits, or null when they are not that. */
export function digestFromHex(hex: string): Digest | null {
  const digest = `sha256:${hex}`;
  return isDigest(digest) ? digest : null;
}

/** The 64 hex digits of a digest. */
export function hexOf(digest: Digest): string {
  return digest.slice('sha256:'.length);
}

/** The SHA-256 digest of these bytes; text counts as UTF-8. */
export function digestOf(bytes: Uint8Array | string): Digest {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}

/** Computes digest and size of bytes that arrive in pieces. */
export class Digester {
  readonly #hash: Hash = createHash('sha256');
  #size = 0;

  update(chunk: Uint8Array): void {
    this.#hash.update(chunk);
    this.#size += chunk.length;
  }

  /** Digest and size (bytes) of everything that `update` was given. May be called once only. */
  finish(): { readonly digest: Digest; readonly size: number } {
    return { digest: `sha256:${this.#hash.digest('hex')}`, size: this.#size };
  }
}
