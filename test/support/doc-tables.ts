// Finds tables and lists of a document by the comment before them, so that a test can compare their contents.

/** Cells of the table after `<!-- table: NAME -->`, without its header. */
export function tableOf(markdown: string, name: string): readonly (readonly string[])[] {
  const rows = blockOf(markdown, `<!-- table: ${name} -->`).filter((line) => line.startsWith('|'));
  return rows.slice(2).map((row) =>
    row
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.replaceAll('`', '').trim()),
  );
}

/** For each item of the list after `<!-- list: NAME -->`: its bold beginning, and the texts in backticks in it. */
export function listOf(markdown: string, name: string): Readonly<Record<string, readonly string[]>> {
  const items: Record<string, string[]> = {};
  let item: string[] = [];
  for (const line of blockOf(markdown, `<!-- list: ${name} -->`)) {
    const key = /^- \*\*(.+?)\*\*/.exec(line)?.[1];
    if (key !== undefined) items[key] = item = [];
    item.push(...[...line.matchAll(/`([^`]+)`/g)].map(([, text = '']) => text));
  }
  return items;
}

/** The lines up to the next empty line. */
function blockOf(markdown: string, marker: string): readonly string[] {
  const [, rest] = markdown.split(`${marker}\n\n`);
  if (rest === undefined) throw new Error(`the document has no ${marker}`);
  return (rest.split('\n\n')[0] ?? '').split('\n');
}
