// Passwords that are kept after the app has ended: encrypted by the system's keychain, or not kept at all.
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { safeStorage } from 'electron';
import { z } from 'zod';
import { credentialOrigin, type LocatedCredentials } from '../core/app/credential-store.js';
import type { Credentials } from '../core/contract.js';

const fileSchema = z.object({ kept: z.record(z.string(), z.string()) });
const credentialsSchema = z.object({ username: z.string(), password: z.string() });

/** Without a keychain, Chromium on Linux encrypts with a fixed key. Such passwords would not be protected, so they are not kept. */
const NO_KEYCHAIN: readonly string[] = ['basic_text', 'unknown'];

/** Passwords by origin, each pair encrypted for itself. To be used only after the app is ready. */
export class Secrets {
  readonly #path: string;
  readonly canKeep: boolean;
  /** The encrypted pairs as they are in the file. */
  readonly #encrypted = new Map<string, string>();
  readonly #open = new Map<string, Credentials>();

  private constructor(path: string, canKeep: boolean) {
    this.#path = path;
    this.canKeep = canKeep;
  }

  /**
   * Reads the file; a missing or damaged one counts as empty. A pair that cannot be decrypted any more is dropped, and the app asks
   * again.
   */
  static async open(path: string): Promise<Secrets> {
    const secrets = new Secrets(path, (await safeStorage.isAsyncEncryptionAvailable()) && hasKeychain());
    const read = fileSchema.safeParse(parsed(await readFile(path, 'utf8').catch(() => '')));
    if (!read.success || !secrets.canKeep) return secrets;
    for (const [origin, data] of Object.entries(read.data.kept)) {
      const pair = await decrypted(data);
      if (pair) secrets.#encrypted.set(origin, data);
      if (pair) secrets.#open.set(origin, pair);
    }
    return secrets;
  }

  all(): readonly LocatedCredentials[] {
    return [...this.#open].map(([location, credentials]) => ({ location, credentials }));
  }

  async keep(location: string, credentials: Credentials): Promise<void> {
    if (!this.canKeep) return;
    const origin = credentialOrigin(location);
    const data = await safeStorage.encryptStringAsync(JSON.stringify(credentials));
    this.#encrypted.set(origin, data.toString('base64'));
    this.#open.set(origin, credentials);
    await this.#write();
  }

  async forget(location: string): Promise<void> {
    const origin = credentialOrigin(location);
    this.#open.delete(origin);
    if (this.#encrypted.delete(origin)) await this.#write();
  }

  async #write(): Promise<void> {
    await mkdir(dirname(this.#path), { recursive: true });
    const beside = `${this.#path}.new`;
    const text = JSON.stringify({ kept: Object.fromEntries(this.#encrypted) });
    await writeFile(beside, text, { mode: 0o600, flush: true });
    await rename(beside, this.#path);
  }
}

function hasKeychain(): boolean {
  return process.platform !== 'linux' || !NO_KEYCHAIN.includes(safeStorage.getSelectedStorageBackend());
}

async function decrypted(data: string): Promise<Credentials | null> {
  try {
    const { result } = await safeStorage.decryptStringAsync(Buffer.from(data, 'base64'));
    return credentialsSchema.parse(JSON.parse(result));
  } catch {
    return null;
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
