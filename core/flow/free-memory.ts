// Frees the memory of large buffers at once. Left to the garbage collector, a megabyte for each megabyte of a package makes it run all
// the time, which takes longer than decompressing.
import * as threads from 'node:worker_threads';

/** Smaller buffers may share their memory with others, and are cheap to collect. */
const SMALLEST = 64 << 10;

const { port1: port, port2: other } = new threads.MessageChannel();
// What is transferred to a port that nobody listens to is freed: https://nodejs.org/api/worker_threads.html#portpostmessagevalue-transferlist
other.close();
port.unref();

/** From Node 21 on; before, a transfer leaves such memory as it is. https://nodejs.org/api/worker_threads.html#workerismarkedasuntransferableobject */
interface NewerThreads {
  readonly isMarkedAsUntransferable?: (memory: ArrayBuffer) => boolean;
}
const { isMarkedAsUntransferable } = threads as NewerThreads;

/** Frees what `buffer` is a part of, when the buffer reaches to its end. Neither it nor another part may be used any more. */
export function freeMemory(buffer: Buffer): void {
  const { buffer: memory, byteOffset, byteLength } = buffer;
  if (byteOffset + byteLength === memory.byteLength) freeAllMemory(buffer);
}

/** Frees what `buffer` is a part of, wherever it ends: nothing may use or fill any part of that memory any more. */
export function freeAllMemory({ buffer: memory }: Buffer): void {
  if (isTransferable(memory) && memory.byteLength >= SMALLEST) port.postMessage(null, [memory]);
}

/** False for memory that several threads share, and for what Node shares between small buffers: its size differs between versions. */
export function isTransferable(memory: ArrayBufferLike): memory is ArrayBuffer {
  return memory instanceof ArrayBuffer && !isMarkedAsUntransferable?.(memory);
}
