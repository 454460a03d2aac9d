// Frees the memory of large buffers at once. Left to the garbage collector, a megabyte for each megabyte of a package makes it run all
// the time, which takes longer than decompressing.
import { MessageChannel } from 'node:worker_threads';

/** Smaller buffers may share their memory with others, and are cheap to collect. */
const SMALLEST = 64 << 10;

const { port1: port, port2: other } = new MessageChannel();
// What is transferred to a port that nobody listens to is freed: https://nodejs.org/api/worker_threads.html#portpostmessagevalue-transferlist
other.close();
port.unref();

/** Frees what `buffer` is a part of, when the buffer reaches to its end. Neither it nor another part may be used any more. */
export function freeMemory(buffer: Buffer): void {
  const { buffer: memory, byteOffset, byteLength } = buffer;
  if (byteOffset + byteLength === memory.byteLength) freeAllMemory(buffer);
}

/** Frees what `buffer` is a part of, wherever it ends: nothing may use or fill any part of that memory any more. */
export function freeAllMemory({ buffer: memory }: Buffer): void {
  if (memory instanceof ArrayBuffer && memory.byteLength >= SMALLEST) port.postMessage(null, [memory]);
}
