// A zstd stream of stored blocks, made without a compressor. https://www.rfc-editor.org/rfc/rfc8878#section-3.1.1

const MAX_BLOCK = 128 << 10;

/** The bytes as one zstd frame without a checksum. */
export function zstdFrame(bytes: Buffer): Buffer {
  const head = Buffer.from('28b52ffda000000000', 'hex');
  head.writeUInt32LE(bytes.length, 5);
  const blocks: Buffer[] = [];
  for (let at = 0; at === 0 || at < bytes.length; at += MAX_BLOCK) {
    const block = bytes.subarray(at, at + MAX_BLOCK);
    const blockHead = Buffer.alloc(3);
    blockHead.writeUIntLE((block.length << 3) | Number(at + MAX_BLOCK >= bytes.length), 0, 3);
    blocks.push(blockHead, block);
  }
  return Buffer.concat([head, ...blocks]);
}
