// Writes down the calls of a visitor and repeats them later without the package; only the bodies of blobs are left out.
import {
  bytesToJson,
  contentToJson,
  factsToJson,
  failureToJson,
  filesToJson,
  parseRecordLine,
} from './package-record-schema.js';
import type {
  BundleHead,
  BundleId,
  ChartFiles,
  PackageFacts,
  PackageVisitor,
  ProvenBlob,
} from './package-stream.js';

/** Takes one line as plain JSON; awaited before the pass goes on. */
export type WriteLine = (line: Readonly<Record<string, unknown>>) => Promise<void>;

/** A visitor that passes every call on to `visitor` and writes a line for it; {@link recordEnd} writes the last line. */
export function recordingVisitor(visitor: PackageVisitor, write: WriteLine): PackageVisitor {
  const heads = new Map<number, ChartFiles | null>();
  const tell = (call: keyof PackageVisitor, bundle: BundleId, fields: Record<string, unknown>) =>
    write({ call, bundle: bundle.ordinal, ...fields });
  return {
    ...(visitor.budget ? { budget: visitor.budget } : {}),
    async bundleStart(bundle) {
      await tell('bundleStart', bundle, { folder: bundle.folder, path: bundle.path });
      await visitor.bundleStart?.(bundle);
    },
    async bundleHead(bundle, head) {
      heads.set(bundle.ordinal, head.chart);
      const chart = head.chart && filesToJson(head.chart);
      await tell('bundleHead', bundle, { hints: bytesToJson(head.hints), chart });
      await visitor.bundleHead?.(bundle, head);
    },
    async blob(bundle, blob) {
      await visitor.blob?.(bundle, blob);
    },
    async blobProven(bundle, blob, problem) {
      await tell('blobProven', bundle, {
        digest: blob.digest,
        size: blob.size,
        problem: failureToJson(problem),
      });
      await visitor.blobProven?.(bundle, blob, problem);
    },
    async bundleEnd(bundle, content) {
      const isHead = isSameChart(heads.get(bundle.ordinal) ?? null, content.chart);
      heads.delete(bundle.ordinal);
      const chart = isHead ? 'head' : content.chart && filesToJson(content.chart);
      await tell('bundleEnd', bundle, { chart, ...contentToJson(content) });
      await visitor.bundleEnd?.(bundle, content);
    },
    progress(bytesRead) {
      visitor.progress?.(bytesRead);
    },
  };
}

/** Writes the last line. A record without it is incomplete and is not used. */
export async function recordEnd(facts: PackageFacts, write: WriteLine): Promise<void> {
  await write({ call: 'end', ...factsToJson(facts) });
}

/**
 * Calls the visitor as the lines say, in the order of the pass. Throws when a line is damaged or the end is missing; the calls for
 * the lines before it were made by then, so a record is checked with an empty visitor first. What the visitor throws is thrown
 * unchanged.
 */
export async function replayRecord(
  lines: AsyncIterable<string>,
  visitor: PackageVisitor,
  options: { readonly signal: AbortSignal },
): Promise<PackageFacts> {
  const open = new Map<number, { readonly id: BundleId; head: BundleHead | null }>();
  const at = (ordinal: number) => {
    const bundle = open.get(ordinal);
    if (!bundle) throw new SyntaxError(`bundle ${String(ordinal)} has no beginning`);
    return bundle;
  };
  let facts: PackageFacts | null = null;
  for await (const text of lines) {
    options.signal.throwIfAborted();
    if (facts !== null) throw new SyntaxError('lines after the end');
    const line = parseRecordLine(text);
    switch (line.call) {
      case 'bundleStart': {
        const id: BundleId = { ordinal: line.bundle, folder: line.folder, path: line.path };
        open.set(line.bundle, { id, head: null });
        await visitor.bundleStart?.(id);
        break;
      }
      case 'bundleHead': {
        const bundle = at(line.bundle);
        bundle.head = { hints: line.hints, chart: line.chart };
        await visitor.bundleHead?.(bundle.id, bundle.head);
        break;
      }
      case 'blobProven': {
        const blob: ProvenBlob = { digest: line.digest, size: line.size };
        await visitor.blobProven?.(at(line.bundle).id, blob, line.problem);
        break;
      }
      case 'bundleEnd': {
        const { id, head } = at(line.bundle);
        const { call: _, bundle, chart, ...content } = line;
        open.delete(bundle);
        await visitor.bundleEnd?.(id, {
          ...content,
          chart: chart === 'head' ? (head?.chart ?? null) : chart,
        });
        break;
      }
      case 'end':
        facts = {
          sha512: line.sha512,
          bytesRead: line.bytesRead,
          notes: line.notes,
          yamlFiles: line.yamlFiles,
        };
    }
  }
  if (facts === null) throw new SyntaxError('no end');
  return facts;
}

/** True when head and end of a bundle hold the same Buffers for the chart, which is nearly always so. It is then written once. */
function isSameChart(head: ChartFiles | null, end: ChartFiles | null): boolean {
  if (head === null || head.size !== end?.size) return false;
  return [...head].every(([path, bytes]) => end.get(path) === bytes);
}
