// Chinese texts use one word for one thing, the word of docs/glossary.zh-CN.md, and full-width punctuation between Chinese characters.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { PROJECT_ROOT } from '../support/source-tree.js';

/** The word for a thing, words that would mean the same, and the compounds in which these are right. */
const TERMS: readonly (readonly [term: string, other: RegExp, except?: RegExp])[] = [
  ['账户', /账号|帐号|帐户/],
  ['软件包', /离线包|软体包/],
  ['文件夹', /目录/, /主目录|当前目录|工作目录|源码目录/],
  ['架构', /平台/, /平台安装|（平台）/],
  ['撤销', /退路|回滚/],
  ['凭据', /凭证/],
  ['支持包', /支持文件/],
  // A key of its own has a passphrase.
  ['密码', /口令/, /.*密钥.*/],
];

const HAN = '\\u4e00-\\u9fff';
const HALF_WIDTH = new RegExp(`[${HAN}][,;:!?]|[,;!?][${HAN}]|[${HAN}]\\.(?:$|[ ${HAN}])`);
const SPACE_AFTER_FULL_WIDTH = new RegExp(`[，。；：、！？] [${HAN}]`);

interface Text {
  readonly place: string;
  readonly text: string;
}

function textsIn(value: unknown, place: string): readonly Text[] {
  if (typeof value === 'string') return [{ place, text: value }];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inside]) => textsIn(inside, `${place} ${key}`));
}

function catalog(path: string): readonly Text[] {
  return textsIn(JSON.parse(readFileSync(join(PROJECT_ROOT, path), 'utf8')), path);
}

/** Lines of a document without code and addresses of links. */
function document(name: string): readonly Text[] {
  const prose = readFileSync(join(PROJECT_ROOT, 'docs', name), 'utf8').replaceAll(/^```[^]*?^```/gm, '');
  return prose.split('\n').map((line, at) => ({
    place: `docs/${name} line ${String(at + 1)}`,
    text: line
      .replaceAll(/`[^`]*`/g, 'C')
      .replaceAll(/&\w+;/g, '')
      .replaceAll(/\]\([^)]*\)/g, ']'),
  }));
}

const documents = readdirSync(join(PROJECT_ROOT, 'docs')).filter((name) => name.endsWith('.zh-CN.md'));
const TEXTS = [
  ...catalog('core/messages/zh-CN.json'),
  ...catalog('renderer/i18n/zh-CN.json'),
  ...catalog('renderer/i18n/app-words.zh-CN.json'),
  ...documents.flatMap(document),
];

describe('Chinese texts', () => {
  it.each(TERMS)('say %s and no other word for it', (_term, other, except) => {
    const found = TEXTS.filter(({ text }) =>
      other.test(except === undefined ? text : text.replaceAll(new RegExp(except, 'g'), '')),
    );
    expect(found).toEqual([]);
  });

  it('have full-width punctuation between Chinese characters, and no space after it', () => {
    const wrong = TEXTS.filter(({ text }) => HALF_WIDTH.test(text) || SPACE_AFTER_FULL_WIDTH.test(text));
    expect(wrong).toEqual([]);
  });
});
