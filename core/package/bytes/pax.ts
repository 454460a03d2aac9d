// PAX extended headers: the names and sizes that do not fit into a tar header.
// https://pubs.opengroup.org/onlinepubs/9699919799/utilities/pax.html#tag_20_92_13_03
//
// node-tar's own Pax class splits at line feeds and passes over records that it does not understand; a record whose value
// holds a line feed could then forge a path or size that other tar programs do not see. So records are cut by their length.

export interface PaxRecords {
  readonly path?: string;
  readonly linkpath?: string;
  readonly size?: number;
  /** The file is stored sparse: its bytes are not its content. */
  readonly sparse: boolean;
}

const RECORD = /^([1-9]\d{0,9}) ([^=]+)=$/;

/** Reads the records of one extended header; null when they are malformed. */
export function parsePax(bytes: Buffer): PaxRecords | null {
  const known = new Map<string, string>();
  let at = 0;
  while (at < bytes.length && bytes[at] !== 0) {
    const equals = bytes.indexOf(0x3d, at);
    if (equals < 0) return null;
    const head = RECORD.exec(bytes.toString('latin1', at, equals + 1));
    const end = at + Number(head?.[1]);
    const key = head?.[2];
    if (key === undefined || !(end > equals + 1 && end <= bytes.length) || bytes[end - 1] !== 0x0a)
      return null;
    known.set(key, bytes.toString('utf8', equals + 1, end - 1));
    at = end;
  }
  const path = known.get('path');
  const linkpath = known.get('linkpath');
  const size = known.get('size');
  if (size !== undefined && !(/^\d+$/.test(size) && Number.isSafeInteger(Number(size)))) return null;
  return {
    // an empty value takes an earlier record back
    ...(path ? { path } : {}),
    ...(linkpath ? { linkpath } : {}),
    ...(size === undefined ? {} : { size: Number(size) }),
    sparse: [...known.keys()].some((key) => key.startsWith('GNU.sparse.')),
  };
}
