// The page around every HTML report: everything is escaped, nothing is loaded.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bar, escapeHtml, Markup, markup, page } from '../../../core/report/render/page.js';

const HOSTILE = `"><script>alert('1')</script>&amp;\u202e\u0007`;

describe('markup', () => {
  it('escapes what it is given, also in attributes and lists', () => {
    const { text } = markup`<p title="${HOSTILE}">${[HOSTILE, markup`<b>${1}</b>`]}</p>`;
    const safe = '&quot;&gt;&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;&amp;amp;\ufffd\ufffd';
    expect(text).toBe(`<p title="${safe}">${safe}<b>1</b></p>`);
  });

  it('leaves no character behind that markup is made of, and can be read back', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const escaped = escapeHtml(text);
        expect(escaped).not.toMatch(/[<>"']/);
        const entities: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" };
        const back = escaped.replace(/&([^;]+);/g, (_, name: string) => entities[name] ?? '?');
        const shown = Array.from(back);
        const kept = Array.from(text, (one, at) => (shown[at] === '\ufffd' ? '\ufffd' : one)).join('');
        expect(back).toBe(kept);
      }),
    );
  });
});

describe('page', () => {
  const made = page({ language: 'zh-CN', title: HOSTILE, facts: [HOSTILE], body: markup`<p>${HOSTILE}</p>` });

  it('says its language and forbids scripts and everything remote', () => {
    expect(made).toMatch(/^<!DOCTYPE html>\n<html lang="zh-CN">/);
    expect(made).toContain(`content="default-src 'none'; style-src 'unsafe-inline'"`);
    expect(made).not.toMatch(/<script|<link|<img|@import|url\(|https?:/i);
  });

  it('has colours for dark screens, and rules for paper', () => {
    expect(made).toContain('@media screen and (prefers-color-scheme: dark)');
    expect(made).toContain('@media print');
  });

  it('takes further styles as they are', () => {
    const styled = page({
      language: 'en',
      title: 't',
      facts: [],
      body: new Markup(''),
      styles: '.x > .y {}\n',
    });
    expect(styled).toContain('.x > .y {}\n</style>');
  });
});

describe('bar', () => {
  it('puts the parts one after the other, as shares of the whole', () => {
    const { text } = bar(
      [
        { kind: 'ok', value: 1 },
        { kind: 'new', value: 2 },
      ],
      4,
      '3 of 4',
    );
    expect(text).toContain('<rect class="ok" x="0.00" y="0" width="25.00" height="8"/>');
    expect(text).toContain('<rect class="new" x="25.00" y="0" width="50.00" height="8"/>');
    expect(text).toContain('aria-label="3 of 4"');
  });

  it('is empty where there is nothing', () => {
    expect(bar([{ kind: 'ok', value: 0 }], 0, '').text).toContain('width="0.00"');
  });
});
