// Holds the sources to the rules of the house (ARCHITECTURE.md): direction of the zones, no cycles, names, sizes, first lines.
import { basename, extname } from 'node:path';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { filesIn, importsOf, nodesOf, readSource, sourcesIn } from './support/source-tree.js';

const zones = z
  .object({
    core: z.array(z.array(z.string())),
    siblings: z.record(z.string(), z.array(z.string())),
    hosts: z.record(z.string(), z.array(z.string())),
  })
  .parse(JSON.parse(readSource('build/zones.json')));
const allZones = zones.core.flat();

const core = sourcesIn('core');
const hosts = sourcesIn(...Object.keys(zones.hosts));
const product = [...core, ...hosts];
const own = [...product, ...sourcesIn('build', 'test', 'bench', 'electron', 'web', 'renderer')];
const importsOfProduct = new Map(product.map((path) => [path, importsOf(path)]));

/** `core/folder/x.ts` is in zone `folder`, `core/errors.ts` in `errors`; a file can be a zone of its own. Null: no zone. */
function zoneOf(path: string): string | null {
  const inside = path.replace(/^core\//, '').replace(/\.(ts|json)$/, '');
  const folder = inside.split('/')[0] ?? '';
  return [inside, folder].find((zone) => allZones.includes(zone)) ?? null;
}

function layerOf(zone: string): number {
  return zones.core.findIndex((members) => members.includes(zone));
}

function mayImport(from: string, to: string): boolean {
  return from === to || layerOf(to) < layerOf(from) || (zones.siblings[from] ?? []).includes(to);
}

describe('the zones of core', () => {
  it('are all that core has', () => {
    expect(core.filter((path) => zoneOf(path) === null)).toEqual([]);
    expect(core.length).toBeGreaterThan(10);
  });

  it('import only from the left', () => {
    const wrong = core.flatMap((path) =>
      (importsOfProduct.get(path) ?? [])
        .filter(({ file }) => file !== null)
        .filter(({ file }) => {
          const [from, to] = [zoneOf(path), file?.startsWith('core/') ? zoneOf(file) : null];
          return from === null || to === null || !mayImport(from, to);
        })
        .map(({ file }) => `${path} imports ${String(file)}`),
    );
    expect(wrong).toEqual([]);
  });

  it('know no desktop, no browser and no host', () => {
    const wrong = core.flatMap((path) =>
      (importsOfProduct.get(path) ?? [])
        .filter(({ specifier }) => /^(electron|react|commander|zustand)(\/|$)/.test(specifier))
        .map(({ specifier }) => `${path} imports ${specifier}`),
    );
    expect(wrong).toEqual([]);
  });
});

describe('hosts', () => {
  it('see the contract and the engine, nothing behind them', () => {
    const wrong = hosts.flatMap((path) => {
      const allowed = zones.hosts[path.split('/')[0] ?? ''] ?? [];
      return (importsOfProduct.get(path) ?? [])
        .filter(({ file }) => file?.startsWith('core/') && !allowed.includes(zoneOf(file) ?? ''))
        .map(({ file }) => `${path} imports ${String(file)}`);
    });
    expect(wrong).toEqual([]);
  });
});

describe('imports', () => {
  it('lead to files that exist', () => {
    const known = new Set(filesIn('core', ...Object.keys(zones.hosts)));
    const wrong = product.flatMap((path) =>
      (importsOfProduct.get(path) ?? [])
        .filter(({ file }) => file !== null && !known.has(file))
        .map(({ specifier }) => `${path} imports ${specifier}`),
    );
    expect(wrong).toEqual([]);
  });

  it('form no cycle', () => {
    const done = new Set<string>();
    const cycles: string[] = [];
    const walk = (path: string, way: readonly string[]): void => {
      if (way.includes(path)) cycles.push([...way.slice(way.indexOf(path)), path].join(' -> '));
      if (way.includes(path) || done.has(path)) return;
      for (const { file } of importsOfProduct.get(path) ?? []) if (file !== null) walk(file, [...way, path]);
      done.add(path);
    };
    for (const path of product) walk(path, []);
    expect(cycles).toEqual([]);
  });
});

describe('every source file', () => {
  it('begins with a comment that says why it exists', () => {
    const silent = own.filter((path) => {
      const [first, second] = readSource(path).split('\n');
      const line = first?.startsWith('#!') === true ? second : first;
      return !/^\/\/ \S.{15,}/.test(line ?? '');
    });
    expect(silent).toEqual([]);
  });

  it('has a name that says what it does, in kebab-case', () => {
    const vague = own.filter((path) =>
      /(^|[/.-])(utils?|helpers?|managers?|common|misc)(?=[/.-])/.test(path),
    );
    const otherCase = own.filter(
      (path) => !/^[a-z0-9]+([.-][a-z0-9]+)*$/.test(basename(path, extname(path))),
    );
    expect([...vague, ...otherCase]).toEqual([]);
  });

  it('has no default export', () => {
    // a tool asks for its configuration as a default export
    const wrong = own.filter(
      (path) =>
        !path.endsWith('.config.ts') &&
        [...nodesOf(path)].some(
          (node) =>
            ts.isExportAssignment(node) ||
            (ts.canHaveModifiers(node) &&
              (ts.getModifiers(node) ?? []).some(({ kind }) => kind === ts.SyntaxKind.DefaultKeyword)),
        ),
    );
    expect(wrong).toEqual([]);
  });

  it('does one thing, in at most 350 lines', () => {
    const long = own
      .map((path) => ({ path, lines: readSource(path).split('\n').length }))
      .filter(({ lines }) => lines > 350);
    expect(long).toEqual([]);
  });
});

describe('core', () => {
  it('leaves console, exit and environment to the hosts', () => {
    const wrong = core.filter((path) =>
      [...nodesOf(path)].some(
        (node) =>
          (ts.isIdentifier(node) && node.text === 'console') ||
          (ts.isPropertyAccessExpression(node) && /^process\.(exit|env)$/.test(node.getText())),
      ),
    );
    expect(wrong).toEqual([]);
  });
});

describe('the project', () => {
  it('names no path of one machine', () => {
    const roots = ['work', 'root', 'home/[a-z]+', 'Users/[A-Za-z]+'].join('|');
    const ownPath = new RegExp(`(^|[^\\w.:/-])/(${roots})/[\\w.-]`);
    const texts = [
      ...own,
      ...filesIn('docs', 'examples', '.ci', 'deploy').filter((path) => !/\.gz$/.test(path)),
    ];
    const documents = [
      'README.md',
      'ARCHITECTURE.md',
      'CONTRIBUTING.md',
      'CHANGELOG.md',
      'SECURITY.md',
      'package.json',
    ];
    const wrong = [...texts, ...documents].filter((path) => ownPath.test(readSource(path)));
    expect(wrong).toEqual([]);
  });
});
