// A strict parser for an HTML page: every tag is closed, every attribute quoted, nothing is loaded from another host or executed.

const VOID = new Set(['meta', 'br', 'link', 'img', 'input', 'hr']);
const TAG = /^<(\/?)([a-zA-Z][a-zA-Z0-9]*)((?:\s+[a-zA-Z-]+="[^"<]*")*)\s*(\/?)>/;

export interface HtmlPage {
  /** Names of all elements in document order. */
  readonly elements: readonly string[];
  /** `name="value"`, decoded. */
  readonly attributes: readonly (readonly [string, string])[];
  /** The visible text: text between tags, decoded, without styles. */
  readonly text: string;
}

/** Throws with the position of the first error. */
export function parseStrictHtml(html: string): HtmlPage {
  const start = '<!DOCTYPE html>\n';
  if (!html.startsWith(start)) throw new Error('no doctype');
  const open: string[] = [];
  const elements: string[] = [];
  const attributes: (readonly [string, string])[] = [];
  let text = '';
  let at = start.length;
  while (at < html.length) {
    const rest = html.slice(at);
    if (!rest.startsWith('<')) {
      const length = (rest.indexOf('<') + rest.length + 1) % (rest.length + 1);
      const piece = rest.slice(0, length);
      if (open.at(-1) !== 'style') text += decode(piece, at);
      at += length;
      continue;
    }
    const tag = TAG.exec(rest);
    if (!tag) throw new Error(`no tag at ${at}: ${rest.slice(0, 80)}`);
    const [whole, closing, rawName = '', given = '', selfClosed] = tag;
    const name = rawName.toLowerCase();
    for (const [, key = '', value = ''] of given.matchAll(/([a-zA-Z-]+)="([^"]*)"/g))
      attributes.push([key, decode(value, at)]);
    if (closing === '/') {
      const last = open.pop();
      if (last !== name) throw new Error(`</${name}> closes <${String(last)}> at ${at}`);
    } else {
      elements.push(name);
      if (!VOID.has(name) && selfClosed !== '/') open.push(name);
    }
    at += whole.length;
  }
  if (open.length > 0) throw new Error(`not closed: ${open.join(', ')}`);
  return { elements, attributes, text };
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&amp;': '&',
  '&lt;': '<',
  '&gt;': '>',
  '&quot;': '"',
  '&#39;': "'",
};

function decode(text: string, at: number): string {
  return text.replace(/&[^;\s]*;?/g, (entity) => {
    const decoded = ENTITIES[entity];
    if (decoded === undefined) throw new Error(`unknown entity ${entity} near ${at}`);
    return decoded;
  });
}
