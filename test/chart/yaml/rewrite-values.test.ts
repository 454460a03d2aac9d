// Changes of values.yaml: exactly the wanted paths change, in every style that YAML has, also in random texts.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rewriteValues } from '../../../core/chart/yaml/rewrite-values.js';
import type { ValuePath } from '../../../core/chart/types.js';
import {
  isValueMap,
  pathTree,
  readYaml,
  sameData,
  withTree,
  type Value,
} from '../../../core/chart/yaml/values.js';

function set(text: string, ...changes: [path: string, to: string][]): string {
  return rewriteValues(
    text,
    changes.map(([path, to]) => ({ path: path.split('.'), to })),
  );
}

describe('an existing scalar', () => {
  it.each([
    ['plain, with its comment', 'a: x   # why\nb: 1\n', 'a: z   # why\nb: 1\n'],
    ['single quotes', "a: 'x'\n", "a: 'z'\n"],
    ['double quotes', 'a: "x" # c\n', 'a: "z" # c\n'],
    ['CRLF', '# c\r\na: x\r\nb: |\r\n  t\r\n', '# c\r\na: z\r\nb: |\r\n  t\r\n'],
    ['flow style', '{b: [1, 2], a: x}', '{b: [1, 2], a: z}'],
    ['block style', 'a: >-  # why\n  x\n\nb: 1\n', 'a: z  # why\n\nb: 1\n'],
    ['nothing at all', 'a:   # none\nb: 1\n', 'a: z   # none\nb: 1\n'],
    ['nothing at all, at the end', 'b: 1\na:', 'b: 1\na: z'],
    ['null', 'a: ~\n', 'a: z\n'],
    ['the last of equal keys', 'a: x\na: q\n', 'a: x\na: z\n'],
    ['a tag', 'a: !!str x\n', 'a: !!str z\n'],
    ['the first document of several', '---\na: x\n---\na: x\n', '---\na: z\n---\na: x\n'],
    ['Chinese around it', '# 镜像\na: x  # 仓库 ⚓\nb: "欢迎"\n', '# 镜像\na: z  # 仓库 ⚓\nb: "欢迎"\n'],
  ])('%s', (_, text, expected) => {
    expect(set(text, ['a', 'z'])).toBe(expected);
  });

  it('is quoted where plain text would mean something else', () => {
    expect(set('a: x\n', ['a', '1.20'])).toBe('a: "1.20"\n');
    expect(set('a: x\n', ['a', 'on'])).toBe('a: "on"\n');
    expect(set('a: x\n', ['a', 'h:5000/y'])).toBe('a: h:5000/y\n');
  });
});

describe('anchors', () => {
  it('are changed in place when their aliases shall change too', () => {
    expect(set('a: &r x\nb: *r\n', ['a', 'z'], ['b', 'z'])).toBe('a: &r z\nb: *r\n');
  });

  it('keep the old value for other aliases of a changed value', () => {
    expect(set('a: &r x # 1\nb: *r # 2\n', ['a', 'z'])).toBe('a: &r z # 1\nb: x # 2\n');
    expect(set('a: &r x # 1\nb: *r # 2\n', ['b', 'z'])).toBe('a: &r x # 1\nb: z # 2\n');
  });

  it('of maps are written out where only one alias changes', () => {
    expect(set('a: &m {r: x, t: 1.20}\nb: *m\n', ['b.r', 'z'])).toBe(
      'a: &m {r: x, t: 1.20}\nb: {"r": "z", "t": 1.20}\n',
    );
    expect(set('a: &m\n  r: x\nb: *m\n', ['a.r', 'z'])).toBe('a: &m\n  r: z\nb: {"r": "x"}\n');
  });

  it('a merged key becomes an explicit one', () => {
    expect(set('a: &m\n  r: x\n  t: 1\nb:\n  <<: *m\n', ['b.r', 'z'])).toBe(
      'a: &m\n  r: x\n  t: 1\nb:\n  <<: *m\n  r: z\n',
    );
  });

  it('a merged map is repeated with its other keys', () => {
    expect(set('a: &m\n  i: {r: x, t: 1}\nb:\n  <<: *m\n', ['b.i.r', 'z'])).toBe(
      'a: &m\n  i: {r: x, t: 1}\nb:\n  <<: *m\n  i: {"r": "z", "t": 1}\n',
    );
  });

  it('a merge of a changed base keeps the old value', () => {
    const after = set('a: &m\n  r: x\nb:\n  <<: *m\n', ['a.r', 'z']);
    expect(after).toBe('a: &m\n  r: z\nb:\n  <<: {"r": "x"}\n');
  });
});

describe('a key that is missing', () => {
  it.each([
    [
      'map, other comments stay',
      's:\n  on: true   # c\n  # d\nt: 1\n',
      's:\n  on: true   # c\n  a: z\n  # d\nt: 1\n',
    ],
    ['map with the text as its end', 's:\n  on: true', 's:\n  on: true\n  a: z'],
    ['map of four columns, CRLF', 's:\r\n    on: 1\r\n', 's:\r\n    on: 1\r\n    a: z\r\n'],
    ['map that ends with a block text', 's:\n  b: |\n    t\n\nt: 1\n', 's:\n  b: |\n    t\n  a: z\n\nt: 1\n'],
    [
      'map that ends with a list',
      's:\n  b:\n  - 1\n  - c: 2\nt: 1\n',
      's:\n  b:\n  - 1\n  - c: 2\n  a: z\nt: 1\n',
    ],
    ['flow map', 's: { on: 1 } # c\n', 's: { on: 1, a: z } # c\n'],
    ['empty flow map', 's: {} # c\n', 's: {a: z} # c\n'],
    ['map without content', 's:  # c\nt: 1\n', 's:  # c\n  a: z\nt: 1\n'],
    ['map that is null', 's: null\n', 's: {"a": "z"}\n'],
    ['no map at all', 't:\n    u: 1\n# end\n', 't:\n    u: 1\n# end\ns:\n    a: z\n'],
    ['comments only', '# none\n', '# none\ns:\n  a: z\n'],
    ['an empty text', '', 's:\n  a: z\n'],
    ['an empty map', '{}\n', '{s: {"a": "z"}}\n'],
    ['an open block text at the end', 't: |\n  u', 's:\n  a: z\nt: |\n  u'],
    ['a document after it', 't: 1\n---\nu: 1\n', 't: 1\ns:\n  a: z\n---\nu: 1\n'],
  ])('in: %s', (_, text, expected) => {
    expect(set(text, ['s.a', 'z'])).toBe(expected);
  });

  it('several keys of one new map are written together', () => {
    expect(set('t: 1\n', ['s.i.r', 'x'], ['s.i.p', 'z'])).toBe('t: 1\ns:\n  i:\n    r: x\n    p: z\n');
  });

  it('is refused where a list or text stands', () => {
    expect(() => set('s: [1]\n', ['s.a', 'z'])).toThrow('The value s.a cannot be set');
    expect(() => set('s: t\n', ['s.a', 'z'])).toThrow('The value s.a cannot be set');
    expect(() => set('s: {a: {b: 1}}\n', ['s.a', 'z'])).toThrow('The value s.a cannot be set');
  });
});

// Random values in all styles of YAML
const key = fc.constantFrom('image', 'registry', 'tag', 'sub-chart', '中文', 'on', '1.20', 'a b');
const leaf = fc.constantFrom(
  'x',
  '"q # 1"',
  "'it''s'",
  '1.20',
  '~',
  '码头',
  '|-\n%  l1\n%  l2',
  '>\n%  f',
  '!!str 1',
  '',
);
interface Node {
  readonly key: string;
  readonly value: string | Node[];
  readonly comment: string;
  readonly flow: boolean;
  readonly share: number;
}
const { tree } = fc.letrec<{ tree: Node[] }>((tie) => ({
  tree: fc.uniqueArray(
    fc.record({
      key,
      value: fc.oneof({ depthSize: 'small' }, leaf, tie('tree')),
      comment: fc.constantFrom('', '  # c', ' # 注释 { : '),
      flow: fc.boolean(),
      share: fc.integer({ min: 0, max: 9 }),
    }) as fc.Arbitrary<Node>,
    { selector: (node) => node.key, maxLength: 4 },
  ),
}));

function write(nodes: readonly Node[], indent: string, anchors: string[]): string {
  return nodes
    .map(({ key: name, value, comment, flow, share }) => {
      const quoted = /^[\w-]+$/.test(name) ? name : JSON.stringify(name);
      const known = anchors[share];
      if (known !== undefined && share < 3) return `${indent}${quoted}: *${known}${comment}\n`;
      const anchor = share > 6 ? ` &a${anchors.length}` : '';
      const body = bodyOf(value, comment, flow, indent, anchors);
      if (anchor) anchors.push(anchor.slice(2));
      return `${indent}${quoted}:${anchor}${body}\n`;
    })
    .join('');
}

function bodyOf(
  value: string | Node[],
  comment: string,
  flow: boolean,
  indent: string,
  anchors: string[],
): string {
  if (typeof value === 'string') {
    const text = value.replaceAll('%', indent);
    return value.includes('\n') ? ` ${text}` : `${text === '' ? '' : ' '}${text}${comment}`;
  }
  if (value.length === 0) return ` {}${comment}`;
  if (flow)
    return ` { ${value.map((node) => `${JSON.stringify(node.key)}: [1, 'z']`).join(', ')} }${comment}`;
  return `${comment}\n${write(value, `${indent}  `, anchors)}`.replace(/\n$/, '');
}

const yamlText = fc
  .record({ nodes: tree, crlf: fc.boolean(), end: fc.constantFrom('', '# end\n', '\n\n') })
  .map(({ nodes, crlf, end }) => {
    const text = `# head\n${write(nodes, '', [])}${end}`;
    return crlf ? text.replaceAll('\n', '\r\n') : text;
  });

function canHold(data: Value, path: ValuePath): boolean {
  const [first, ...rest] = path;
  if (first === undefined) return !isValueMap(data) && !Array.isArray(data);
  if (data === null) return true;
  if (!isValueMap(data)) return false;
  return canHold(data.get(first) ?? null, rest);
}

describe('random YAML', () => {
  const paths = fc.uniqueArray(fc.array(key, { minLength: 1, maxLength: 3 }), {
    minLength: 1,
    maxLength: 3,
    selector: (path) => path[0] ?? '',
  });
  const to = fc.constantFrom('reg.local:5000', 'reg.local/a/b', '1.20', "it's", '新 值');

  it('changes exactly the paths that are asked for and no comment', () => {
    fc.assert(
      fc.property(yamlText, paths, to, (text, asked, value) => {
        const before = readYaml(text).data;
        const changes = asked.filter((path) => canHold(before, path)).map((path) => ({ path, to: value }));
        fc.pre(changes.length > 0);
        const after = rewriteValues(text, changes);
        const wanted = withTree(before, pathTree(changes));
        expect(sameData(readYaml(after).data, wanted)).toBe(true);
        const comments = (yaml: string): string[] => yaml.match(/# (?:head|end|c|注释 \{ :)/g) ?? [];
        expect(comments(after)).toEqual(comments(text));
        expect(/(?<!\r)\n/.test(after)).toBe(!text.includes('\r\n'));
        // A second rewrite changes nothing
        expect(rewriteValues(after, changes)).toBe(after);
      }),
      { numRuns: 500 },
    );
  });
});
