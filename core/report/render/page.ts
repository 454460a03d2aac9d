// Self-contained HTML pages: a template tag that escapes what is inserted, and the page around it, for screens (light or dark) and
// paper. The page has no scripts and loads nothing; the content security policy in its head makes browsers enforce that.
import type { Language } from '../../contract.js';
import { printableLines } from '../../messages/printable.js';

/** Text that is HTML. Only {@link markup} makes it, so that text from elsewhere is always escaped. */
export class Markup {
  readonly text: string;

  /** Inserted without escaping, so never a name from a package or server. */
  constructor(text: string) {
    this.text = text;
  }
}

/** What may stand in a `${}` of {@link markup}. */
export type HtmlValue = string | number | Markup | readonly HtmlValue[];

interface PageParts {
  readonly language: Language;
  readonly title: string;
  /** Lines under the title that say what the page is about. */
  readonly facts: readonly string[];
  readonly body: Markup;
  /** Further CSS rules of this kind of page. */
  readonly styles?: string;
}

const REPLACEMENTS: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Text for any place between tags and inside quoted attributes. */
export function escapeHtml(text: string): string {
  return printableLines(text).replace(/[&<>"']/g, (one) => REPLACEMENTS[one] ?? one);
}

/** markup`<p title="${name}">${list}</p>`: strings are escaped, {@link Markup} goes in as it is, lists one after the other. */
export function markup(fixed: TemplateStringsArray, ...values: readonly HtmlValue[]): Markup {
  return new Markup(fixed.map((text, at) => text + textOf(values[at] ?? '')).join(''));
}

function textOf(value: HtmlValue): string {
  if (value instanceof Markup) return value.text;
  if (typeof value === 'string' || typeof value === 'number') return escapeHtml(String(value));
  return value.map(textOf).join('');
}

/** The whole file, ending with a newline. */
export function page({ language, title, facts, body, styles = '' }: PageParts): string {
  const lines = facts.map((fact) => markup`<p class="fact">${fact}</p>\n`);
  const whole = markup`<!DOCTYPE html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
<style>
${new Markup(STYLES + styles)}</style>
</head>
<body>
<header>
<h1>${title}</h1>
${lines}</header>
<main>
${body}
</main>
</body>
</html>
`;
  return whole.text;
}

/** A bar that shows parts of a total; drawn so that it is visible in print without background colours. `kind` is a CSS class. */
export function bar(
  parts: readonly { readonly kind: 'ok' | 'new' | 'bad'; readonly value: number }[],
  total: number,
  label: string,
): Markup {
  let start = 0;
  const pieces = parts.map(({ kind, value }) => {
    const width = total > 0 ? (100 * value) / total : 0;
    const one = piece(kind, start, width);
    start += width;
    return one;
  });
  const whole = [piece('rest', 0, 100), ...pieces];
  return markup`<svg class="bar" viewBox="0 0 100 8" preserveAspectRatio="none" role="img" aria-label="${label}">${whole}</svg>`;
}

function piece(kind: string, start: number, width: number): Markup {
  return markup`<rect class="${kind}" x="${start.toFixed(2)}" y="0" width="${width.toFixed(2)}" height="8"/>`;
}

// paper is white, so the dark colours apply to screens only
const STYLES = `:root {
  color-scheme: light dark;
  --bg: #f4f6f8; --surface: #fff; --text: #15202b; --muted: #536170; --line: #e2e7ec; --track: #e6ebf0;
  --accent: #0b6478; --ok: #0f6b3c; --error: #b0241b;
  --add: #1257b0; --add-bg: #e6f0fc; --replace: #6539ad; --replace-bg: #f0eafb; --keep: #3f4d5c; --keep-bg: #eaeef2;
  --same: #5b6874; --conflict: #8f4700; --conflict-bg: #fff0db; --missing: #9c2a22; --missing-bg: #fdecea;
  --mislabelled: #a11458; --mislabelled-bg: #fce8f1;
}
@media screen and (prefers-color-scheme: dark) {
  :root {
    --bg: #0e1318; --surface: #151b22; --text: #e3e9ef; --muted: #a3b0bd; --line: #26303a; --track: #2a343f;
    --accent: #5fc3d6; --ok: #6fd39b; --error: #f78b82;
    --add: #82b6ff; --add-bg: #142844; --replace: #bda0f5; --replace-bg: #281e42; --keep: #b9c5d0; --keep-bg: #242d37;
    --same: #93a0ac; --conflict: #f3b562; --conflict-bg: #382610; --missing: #f0968e; --missing-bg: #3a1715;
    --mislabelled: #f58fbd; --mislabelled-bg: #3c1428;
  }
}
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 1440px; padding: 24px; background: var(--bg); color: var(--text);
  font: 13px/19px Inter, -apple-system, "Segoe UI", "PingFang SC", "Microsoft YaHei", "Noto Sans SC", sans-serif; }
h1 { margin: 0 0 4px; font-size: 20px; line-height: 28px; }
h2 { margin: 24px 0 8px; font-size: 15px; line-height: 22px; }
.fact { margin: 0; color: var(--muted); }
.muted { color: var(--muted); }
code, .mono { font: 12px/18px "JetBrains Mono", ui-monospace, Consolas, monospace; overflow-wrap: anywhere; }
section { margin: 16px 0; padding: 12px 16px; background: var(--surface); border: 1px solid var(--line); border-radius: 8px; }
section > h2:first-child { margin-top: 0; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; }
th, td { padding: 5px 8px; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top; }
th { color: var(--muted); font-weight: 600; }
tbody th { color: inherit; font-weight: inherit; }
.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
.bar { display: block; width: 100%; height: 8px; border-radius: 4px; }
.bar .rest { fill: var(--track); }
.bar .ok { fill: var(--ok); }
.bar .new { fill: var(--add); }
.bar .bad { fill: var(--error); }
@media print {
  body { max-width: none; padding: 0; background: none; font-size: 10pt; }
  section { padding: 0; border: 0; }
  .wide { overflow: visible; }
  thead { display: table-header-group; }
  tr, .bar { break-inside: avoid; }
}
`;
