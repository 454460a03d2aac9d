// Chinese texts use one word for one thing, the word of docs/glossary.zh-CN.md, and full-width punctuation between Chinese characters.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { PROJECT_ROOT } from '../support/source-tree.js';

/** The word for a thing, words that would mean the same, and the compounds in which these are right. */
const TERMS: readonly { readonly term: string; readonly other: RegExp; readonly except?: RegExp }[] = [
  { term: '账户', other: /账号|帐号|帐户/ },
  { term: '软件包', other: /离线包|软体包/ },
  { term: '文件夹', other: /目录/, except: /主目录|当前目录|工作目录|源码目录/ },
  { term: '架构', other: /平台/, except: /平台安装|（平台）/ },
  { term: '撤销', other: /退路|回滚/ },
  { term: '凭据', other: /凭证/ },
  { term: '支持包', other: /支持文件/ },
  // A key of its own has a passphrase.
  { term: '密码', other: /口令/, except: /.*密钥.*/ },
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
  it.each(TERMS)('say $term and no other word for it', ({ other, except }) => {
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
