// How fast the package is read and how long the rest will take, measured over the last seconds.

interface Sample {
  readonly at: number;
  readonly bytes: number;
}

const WINDOW_MS = 15_000;
const FIRST_ESTIMATE_MS = 4_000;

/** Give it the bytes read since the start of one package. Times are milliseconds of any clock. */
export class Pace {
  #samples: Sample[] = [];
  #startedAt = 0;

  /** Starts again, for a new package or a new pass. */
  restart(at: number): void {
    this.#samples = [{ at, bytes: 0 }];
    this.#startedAt = at;
  }

  add(at: number, bytes: number): void {
    this.#samples.push({ at, bytes });
    while ((this.#samples[1]?.at ?? at) < at - WINDOW_MS) this.#samples.shift();
  }

  /** Bytes a second up to now; when a stream stalls, the value falls although nothing is added. */
  rate(now: number): number {
    const first = this.#samples[0];
    const last = this.#samples.at(-1);
    if (first === undefined || last === undefined || now <= first.at) return 0;
    return ((last.bytes - first.bytes) * 1000) / (now - first.at);
  }

  /** Seconds for that many bytes; null while there is too little to compute it from. */
  secondsFor(bytes: number, now: number): number | null {
    const rate = this.rate(now);
    if (now - this.#startedAt < FIRST_ESTIMATE_MS || rate < 1) return null;
    return bytes / rate;
  }
}
