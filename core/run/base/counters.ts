// Counts the bytes that a run reads and stores, and emits its progress at most ten times a second.
import type { Digest } from '../../content/digest.js';
import { type AppError, toProblem } from '../../errors.js';
import type { BlobEnd, BlobUpload, ReportTotals, RunEvent } from '../../contract.js';

const EVERY_MS = 100;
const RETRIES_EVERY_MS = 5_000;

/** All numbers are bytes. Each image blob counts once, as sent, mounted or found in the target; charts are counted separately. */
export class Counters {
  readonly #emit: (event: RunEvent) => void;
  readonly #started = performance.now();
  readonly #sent = new Set<Digest>();
  /** Blobs that the target already had, with their sizes. A blob that is then sent to another repository counts as sent instead. */
  readonly #found = new Map<Digest, number>();
  #ended: BlobEnd[] = [];
  readonly #uploads = new Map<Digest, BlobUpload>();
  #lastEvent = 0;
  #sending = 0;
  #pass = 0;
  /** Number of passes begun, by package. */
  readonly #passesOf = new Map<string, number>();
  #passes = 0;
  #packageBytes = 0;
  #packageRead = 0;
  #current = '';
  bytesRead = 0;
  bytesSent = 0;
  chartBytesSent = 0;
  bytesMounted = 0;
  retries = 0;
  #lastRetry = -RETRIES_EVERY_MS;
  #peakMemory = 0;
  #lastSign = performance.now();

  constructor(emit: (event: RunEvent) => void) {
    this.#emit = emit;
  }

  /** Says that a pass over a package begins. */
  passStarted(fileName: string, bytes: number): void {
    // What the former package was read to is told before its counter begins anew.
    if (this.#pass > 0) this.tellRest();
    const pass = (this.#passesOf.get(fileName) ?? 0) + 1;
    this.#passesOf.set(fileName, pass);
    this.#pass = pass;
    this.#passes = Math.max(this.#passes, pass);
    this.#packageBytes = bytes;
    this.#packageRead = 0;
    this.#emit({ type: 'pass-started', pass, package: fileName, bytes });
  }

  read(bytesOfPackage: number): void {
    this.bytesRead += bytesOfPackage - this.#packageRead;
    this.#packageRead = bytesOfPackage;
    this.#lastSign = performance.now();
    this.#tell();
  }

  /** Says that a server has answered a request. */
  answered(): void {
    this.#lastSign = performance.now();
  }

  /** When the last byte was read or sent, or the last answer came, on the monotonic clock. */
  get lastSign(): number {
    return this.#lastSign;
  }

  /** Name of the chart or image that is being worked on. */
  get current(): string {
    return this.#current;
  }

  working(on: string): void {
    this.#current = on;
    this.#tell();
  }

  /** Says that bytes are being sent; for the progress display only. `digest` is null where it is known only after the last byte. */
  sending(digest: Digest | null, sent: number, size: number): void {
    this.#sending += sent;
    this.#lastSign = performance.now();
    if (digest !== null) {
      const before = this.#uploads.get(digest)?.sent ?? 0;
      this.#uploads.set(digest, { digest, sent: Math.min(size, before + sent), bytes: size });
    }
    this.#tell();
  }

  sent(digest: Digest, bytes: number): void {
    if (!this.#sent.has(digest)) this.bytesSent += bytes;
    this.#sent.add(digest);
    this.#found.delete(digest);
    this.#endOf(digest, bytes, 'sent');
    this.#tell();
  }

  /** Says that an upload failed; it may be tried again. */
  failed(digest: Digest): void {
    this.#endOf(digest, this.#uploads.get(digest)?.bytes ?? 0, 'failed');
  }

  /** Says that a request is sent again, and why. */
  retried(reason: AppError): void {
    this.retries += 1;
    const now = performance.now();
    if (now - this.#lastRetry < RETRIES_EVERY_MS) return;
    this.#lastRetry = now;
    this.#emit({ type: 'retried', retries: this.retries, problem: toProblem(reason) });
  }

  mounted(digest: Digest, bytes: number): void {
    this.bytesMounted += bytes;
    this.#endOf(digest, bytes, 'mounted');
  }

  skipped(digest: Digest, bytes: number): void {
    if (this.#sent.has(digest)) return;
    if (!this.#found.has(digest)) this.#endOf(digest, bytes, 'there');
    this.#found.set(digest, bytes);
  }

  get bytesSkipped(): number {
    let sum = 0;
    for (const bytes of this.#found.values()) sum += bytes;
    return sum;
  }

  totals(): ReportTotals {
    this.#sampleMemory();
    const { bytesRead, bytesSent, chartBytesSent, bytesMounted, bytesSkipped, retries } = this;
    return {
      bytesRead,
      bytesSent,
      chartBytesSent,
      bytesMounted,
      bytesSkipped,
      seconds: Math.round(performance.now() - this.#started) / 1000,
      passes: this.#passes,
      retries,
      peakMemoryBytes: this.#peakMemory,
    };
  }

  /** Emits what has not been emitted yet, without waiting for the next tenth of a second. */
  tellRest(): void {
    this.#lastEvent = -EVERY_MS;
    this.#tell();
  }

  #endOf(digest: Digest, bytes: number, state: BlobEnd['state']): void {
    this.#uploads.delete(digest);
    this.#ended.push({ digest, bytes, state });
  }

  #tell(): void {
    const now = performance.now();
    if (now - this.#lastEvent < EVERY_MS) return;
    this.#lastEvent = now;
    this.#sampleMemory();
    this.#emit({
      type: 'progress',
      pass: this.#pass,
      bytesRead: this.#packageRead,
      bytesTotal: this.#packageBytes,
      bytesSent: Math.max(this.#sending, this.bytesSent),
      bytesSkipped: this.bytesSkipped,
      current: this.#current,
    });
    if (this.#ended.length + this.#uploads.size === 0) return;
    this.#emit({ type: 'blobs', ended: this.#ended, uploads: [...this.#uploads.values()] });
    this.#ended = [];
  }

  #sampleMemory(): void {
    this.#peakMemory = Math.max(this.#peakMemory, process.resourceUsage().maxRSS * 1024);
  }
}
