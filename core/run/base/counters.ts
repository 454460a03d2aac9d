// Counts the bytes of a run where they are stored, and tells how far it is, at most ten times a second.
import type { Digest } from '../../content/digest.js';
import type { BlobEnd, BlobUpload, ReportTotals, RunEvent } from '../../contract.js';

const EVERY_MS = 100;

/** Image blobs count once each: sent, mounted or found; charts count apart. */
export class Counters {
  readonly #emit: (event: RunEvent) => void;
  readonly #started = performance.now();
  readonly #sent = new Set<Digest>();
  /** What was found there, with its size; what is sent to another repository all the same counts as sent. */
  readonly #found = new Map<Digest, number>();
  #ended: BlobEnd[] = [];
  readonly #uploads = new Map<Digest, BlobUpload>();
  #lastEvent = 0;
  #sending = 0;
  #pass = 0;
  /** By package. */
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
  #peakMemory = 0;

  constructor(emit: (event: RunEvent) => void) {
    this.#emit = emit;
  }

  /** A further pass over a package begins. */
  passStarted(fileName: string, bytes: number): void {
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
    this.#tell();
  }

  working(on: string): void {
    this.#current = on;
    this.#tell();
  }

  /** Bytes on their way; only for the progress display. A digest that is known at its end only is null. */
  sending(digest: Digest | null, sent: number, size: number): void {
    this.#sending += sent;
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

  /** An upload that came to nothing; it may be tried again. */
  failed(digest: Digest): void {
    this.#endOf(digest, this.#uploads.get(digest)?.bytes ?? 0, 'failed');
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

  /** Tells what the last moments brought, however short ago the last event was. */
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
