// Links inside the help, and the section for a problem.
import { describe, expect, it } from 'vitest';
import { helpOf, placeOfLink, sectionWith } from '../../renderer/stores/help.js';

describe('a link of the help', () => {
  it('leads to a page, a heading of a page, or a heading of its own page', () => {
    expect(placeOfLink('undo.html', 'index')).toEqual({ page: 'undo', anchor: '' });
    expect(placeOfLink('upgrade.zh-CN.html', 'index')).toEqual({ page: 'upgrade.zh-CN', anchor: '' });
    expect(placeOfLink('undo.html#what', 'index')).toEqual({ page: 'undo', anchor: 'what' });
    expect(placeOfLink('#%E5%AF%BC%E5%85%A5', 'undo')).toEqual({ page: 'undo', anchor: '导入' });
  });

  it('leads nowhere else', () => {
    expect(placeOfLink('https://example.com/a.html', 'index')).toBeNull();
    expect(placeOfLink('', 'index')).toBeNull();
  });
});

it('the help of a problem is its section in the troubleshooting page', () => {
  expect(helpOf('registry.tls-wrong-host')).toEqual({
    page: 'troubleshooting',
    anchor: 'registrytls-wrong-host',
  });
});

it('words that are searched lead to their section: the one whose heading has them before one that mentions them', () => {
  const html =
    '<h1>Undo</h1><p>How a run is undone.</p><h2 id="what">What</h2><p>See <a href="#lost">lost tags</a>.</p>' +
    '<h2 id="lost">Lost <code>tags</code></h2><p>A journal.</p>';
  expect(sectionWith(html, ' Lost Tags')).toBe('lost');
  expect(sectionWith(html, 'see')).toBe('what');
  expect(sectionWith(html, 'undone')).toBe('');
  expect(sectionWith(html, 'href')).toBeNull();
});
