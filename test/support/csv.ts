// Reads CSV exactly as RFC 4180 defines it.

/** Returns records of fields; throws where the text violates the RFC. */
export function parseCsv(text: string): readonly (readonly string[])[] {
  const records: string[][] = [];
  let record: string[] = [];
  let at = 0;
  while (at < text.length) {
    const field = /^(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/.exec(text.slice(at));
    if (!field) throw new Error(`no field at ${at}: ${JSON.stringify(text.slice(at, at + 60))}`);
    record.push(field[1]?.replaceAll('""', '"') ?? field[2] ?? '');
    if (field[3] === '\r\n') {
      records.push(record);
      record = [];
    }
    at += field[0].length;
  }
  if (record.length > 0) throw new Error('the last line has no end');
  return records;
}
