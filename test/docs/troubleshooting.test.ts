// docs/troubleshooting.md has a section with causes and advice for each problem that there is, and for no other.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import english from '../../core/messages/en.json' with { type: 'json' };

const sections = new Map(
  readFileSync('docs/troubleshooting.md', 'utf8')
    .split(/^### /m)
    .slice(1)
    .map((section): [string, string] => {
      const [heading = '', ...lines] = section.split('\n');
      return [heading.replaceAll('`', ''), lines.join(' ').split(/ ## /)[0] ?? ''];
    }),
);

describe('docs/troubleshooting.md', () => {
  it('has a section for each code', () => {
    const codes = Object.keys(english.problems);
    expect(codes.filter((code) => !sections.has(code))).toEqual([]);
    expect([...sections.keys()].filter((code) => !codes.includes(code))).toEqual([]);
  });

  it('tells causes and what to do in each of them', () => {
    const isWhole = (text: string): boolean =>
      /\*\*Causes\.\*\* \S.{14,}/s.test(text) && /\*\*What to do\.\*\* \S.{9,}/s.test(text);
    expect([...sections].flatMap(([code, text]) => (isWhole(text) ? [] : [code]))).toEqual([]);
  });
});
