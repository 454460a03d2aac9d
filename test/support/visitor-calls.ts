// A visitor that keeps all its calls (without the bodies of blobs), so that two passes can be compared call by call.
import { AppError, toProblem } from '../../core/errors.js';
import type { PackageVisitor } from '../../core/package/stream/package-stream.js';

export interface VisitorCall {
  readonly call: string;
  readonly args: readonly unknown[];
}

export function callKeeper(): { readonly visitor: PackageVisitor; readonly calls: readonly VisitorCall[] } {
  const calls: VisitorCall[] = [];
  const keep =
    (call: string) =>
    async (...args: readonly unknown[]): Promise<void> => {
      calls.push({ call, args: args.map(plain) });
    };
  return {
    calls,
    visitor: {
      bundleStart: keep('bundleStart'),
      bundleHead: keep('bundleHead'),
      blobProven: keep('blobProven'),
      bundleEnd: keep('bundleEnd'),
    },
  };
}

/** The value as plain data; errors become problems. */
function plain(value: unknown): unknown {
  if (value instanceof AppError) return toProblem(value);
  if (Buffer.isBuffer(value)) return `base64 ${value.toString('base64')}`;
  if (value instanceof Map) return [...value].map(plain);
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, plain(inner)]));
}
