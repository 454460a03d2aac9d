// A table from digests to small numbers that needs 10 bytes for each slot: journals of many runs name hundreds of thousands of them.
import type { Digest } from '../content/digest.js';

const FIRST_SLOTS = 1024;
/** Above this share of used slots the table grows. */
const FULL = 0.8;
const MOST_IN_TWO_BYTES = 0xffff;

/**
 * Keeps a number above zero for a digest, or for a digest under a name. Only 64 bits of a key are kept: among a million keys, the
 * chance that two are taken for each other is one in thirty million.
 */
export class DigestTable {
  /** Two words for each slot; a slot whose number is 0 is free. */
  #keys = new Uint32Array(2 * FIRST_SLOTS);
  /** Two bytes each until a number needs more. */
  #numbers: Uint16Array | Uint32Array = new Uint16Array(FIRST_SLOTS);
  #used = 0;

  /** 0 where nothing was kept. `name`: the hash of a name, see {@link nameHash}. */
  get(digest: Digest, name: NameHash = NO_NAME): number {
    return this.#numbers[this.#slotOf(...wordsOf(digest, name))] ?? 0;
  }

  set(digest: Digest, number: number, name: NameHash = NO_NAME): void {
    this.#put(...wordsOf(digest, name), number);
    if (this.#used > this.#numbers.length * FULL) this.#grow();
  }

  #put(high: number, low: number, number: number): void {
    if (number > MOST_IN_TWO_BYTES && this.#numbers instanceof Uint16Array)
      this.#numbers = Uint32Array.from(this.#numbers);
    const slot = this.#slotOf(high, low);
    if (this.#numbers[slot] === 0) this.#used += 1;
    this.#keys[2 * slot] = high;
    this.#keys[2 * slot + 1] = low;
    this.#numbers[slot] = number;
  }

  /** The slot of the key, or the free one where it would be put. */
  #slotOf(high: number, low: number): number {
    const last = this.#numbers.length - 1;
    let slot = low & last;
    while (this.#numbers[slot] !== 0 && !(this.#keys[2 * slot] === high && this.#keys[2 * slot + 1] === low))
      slot = (slot + 1) & last;
    return slot;
  }

  #grow(): void {
    const [keys, numbers] = [this.#keys, this.#numbers];
    this.#keys = new Uint32Array(2 * keys.length);
    const size = 2 * numbers.length;
    this.#numbers = numbers instanceof Uint16Array ? new Uint16Array(size) : new Uint32Array(size);
    this.#used = 0;
    for (const [slot, number] of numbers.entries())
      if (number !== 0) this.#put(keys[2 * slot] ?? 0, keys[2 * slot + 1] ?? 0, number);
  }
}

export type NameHash = readonly [number, number];

const NO_NAME: NameHash = [0, 0];

/** Two hashes of a name, which tell the same digest under different names apart (FNV-1a, from two starts). */
export function nameHash(name: string): NameHash {
  let [high, low] = [0x811c9dc5, 0x9dc5811c];
  for (let at = 0; at < name.length; at += 1) {
    const unit = name.charCodeAt(at);
    high = Math.imul(high ^ unit, 0x01000193);
    low = Math.imul(low ^ (unit + at), 0x01000193);
  }
  return [high >>> 0, low >>> 0];
}

function wordsOf(digest: Digest, [high, low]: NameHash): readonly [number, number] {
  const start = 'sha256:'.length;
  const word = (at: number): number => Number.parseInt(digest.slice(start + at, start + at + 8), 16);
  return [(word(0) ^ high) >>> 0, (word(8) ^ low) >>> 0];
}
