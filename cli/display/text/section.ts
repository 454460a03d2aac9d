// A titled part of a text, separated from the lines before it.

/** An empty line, the title and the lines; nothing when there are no lines. */
export function section(title: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : ['', title, ...lines];
}
