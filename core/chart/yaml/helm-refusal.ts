// Finds what our YAML parser takes and Helm's refuses: a chart with it can be published, and nobody could install it.
// Each rule was tried with helm; https://github.com/go-yaml/yaml/blob/v2/scannerc.go, readerc.go
import { isCollection, isScalar, visit, type Document } from 'yaml';

/** The detail in Helm's own words, and the offset in the text. */
export interface HelmRefusal {
  readonly detail: string;
  readonly offset: number;
}

// eslint-disable-next-line no-control-regex
const CONTROL = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u0084\u0086-\u009f\ufffe\uffff]/;
const TAB_INDENT = /^(?: *\t| *(?:- +)*- *\t)/gm;

/** `text` up to `end` is the first document; null when Helm takes it. */
export function refusedByHelm(text: string, end: number, document: Document.Parsed): HelmRefusal | null {
  const control = text.slice(0, end).search(CONTROL);
  if (control >= 0) return { detail: 'control characters are not allowed', offset: control };
  const { ranges, escape } = lookAtNodes(text, document);
  if (escape !== null) return { detail: 'found unknown escape character', offset: escape };
  // ranges and tabs both come in the order of the text
  let reach = 0;
  let next = 0;
  for (const match of text.slice(0, end).matchAll(TAB_INDENT)) {
    const offset = match.index + match[0].length - 1;
    for (let range = ranges[next]; range && range[0] < offset; range = ranges[++next])
      reach = Math.max(reach, range[1]);
    if (offset >= reach)
      return { detail: 'found a tab character where an indentation space is expected', offset };
  }
  return null;
}

/** Where tabs are allowed (scalars, flow collections), and the first escape that Helm does not know. */
function lookAtNodes(
  text: string,
  document: Document.Parsed,
): { readonly ranges: readonly (readonly [number, number])[]; readonly escape: number | null } {
  const ranges: (readonly [number, number])[] = [];
  let escape: number | null = null;
  visit(document, (_, node) => {
    if (!isScalar(node) && !(isCollection(node) && node.flow)) return;
    const [from, to] = node.range ?? [0, 0];
    ranges.push([from, to]);
    if (isScalar(node) && node.type === 'QUOTE_DOUBLE' && escape === null) {
      const found = unknownEscape(text.slice(from, to));
      if (found !== null) escape = from + found;
    }
  });
  return { ranges, escape };
}

function unknownEscape(source: string): number | null {
  for (const { 0: match, index } of source.matchAll(/\\(?:u[0-9a-fA-F]{4}|[^])/g)) {
    const isKnown = /^\\[0abtnvfe "'\\N_LPxuU\t\r\n]/.test(match) && !/^\\u[dD][89a-fA-F]/.test(match);
    if (!isKnown) return index;
  }
  return null;
}
