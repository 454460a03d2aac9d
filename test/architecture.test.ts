// Checks the sources against the rules of ARCHITECTURE.md: direction of imports, no cycles, names, sizes, first lines.
import { basename, extname } from 'node:path';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { HOSTS, importProblem, mayImport, ORDER, zoneOf } from '../build/zones.mjs';
import { filesIn, importsOf, nodesOf, readSource, sourcesIn } from './support/source-tree.js';

const core = sourcesIn('core');
const hosts = sourcesIn(...Object.keys(HOSTS));
const product = [...core, ...hosts];
const own = [...product, ...sourcesIn('build', 'test', 'bench', 'electron', 'web', 'renderer')];
const importsOfProduct = new Map(product.map((path) => [path, importsOf(path)]));

/** Imports of source files that `build/zones.json` forbids. */
function forbiddenAmong(paths: readonly string[]): readonly string[] {
  return paths.flatMap((path) =>
    (importsOfProduct.get(path) ?? []).flatMap(({ file }) => {
      const problem = file === null ? null : importProblem(path, file);
      return problem === null ? [] : [`${path} imports ${String(file)}: ${problem}`];
    }),
  );
}

/** The folder of a file, from the project's root. */
function folderOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/'));
}

describe('the zones of core', () => {
  it('are all that core has', () => {
    expect(core.filter((path) => zoneOf(path) === null)).toEqual([]);
    expect(core.length).toBeGreaterThan(10);
  });

  it('are the folders of core, each with files', () => {
    const zonesInUse = new Set(core.map((path) => zoneOf(path)));
    expect(ORDER.filter((zone) => !zonesInUse.has(zone))).toEqual([]);
  });

  it('stand in one row: of two zones exactly one may import the other', () => {
    const pairs = ORDER.flatMap((a, at) => ORDER.slice(at + 1).map((b) => [a, b] as const));
    expect(pairs.filter(([a, b]) => mayImport(a, b) || !mayImport(b, a))).toEqual([]);
  });

  it('import only from the left', () => {
    expect(forbiddenAmong(core)).toEqual([]);
  });

  it('notice an import to the right, into a host, and out of a host into the engine', () => {
    expect(importProblem('core/run/upload/blob-sender.ts', 'core/run/tags/sweep.ts')).not.toBeNull();
    expect(importProblem('core/run/upload/blob-sender.ts', 'core/run/deciders.ts')).not.toBeNull();
    expect(importProblem('core/run/deciders.ts', 'core/run/tags/sweep.ts')).toBeNull();
    expect(importProblem('core/plan/fuse.ts', 'cli/main.ts')).not.toBeNull();
    expect(importProblem('cli/main.ts', 'core/plan/fuse.ts')).not.toBeNull();
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
    expect(forbiddenAmong(hosts)).toEqual([]);
  });
});

describe('imports', () => {
  it('lead to files that exist', () => {
    const known = new Set(filesIn('core', ...Object.keys(HOSTS)));
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

describe('every folder of the product', () => {
  it('directly holds at most 20 source files', () => {
    const counts = new Map<string, number>();
    for (const path of product) counts.set(folderOf(path), (counts.get(folderOf(path)) ?? 0) + 1);
    expect([...counts].filter(([, count]) => count > 20)).toEqual([]);
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
    // tools require a default export in their configuration files
    const wrong = own.filter(
      (path) =>
        !/\.config\.(?:ts|mjs)$/.test(path) &&
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
