// Reads the project's own sources, for tests that check them against the rules of the project.
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join, posix, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

export const PROJECT_ROOT = fileURLToPath(new URL('../..', import.meta.url));
const SOURCE = /\.(ts|tsx|mts|mjs|js)$/;

/** Paths (from the project's root, with `/`) of all files below the folders; a folder that does not exist has none. */
export function filesIn(...folders: readonly string[]): readonly string[] {
  return folders.flatMap((folder) => {
    const start = join(PROJECT_ROOT, folder);
    try {
      return readdirSync(start, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => relative(PROJECT_ROOT, join(entry.parentPath, entry.name)).split(sep).join('/'))
        .sort();
    } catch {
      return [];
    }
  });
}

/** The source files among {@link filesIn}. */
export function sourcesIn(...folders: readonly string[]): readonly string[] {
  return filesIn(...folders).filter((path) => SOURCE.test(path) && !path.startsWith('test/fixtures/'));
}

export function readSource(path: string): string {
  return readFileSync(join(PROJECT_ROOT, path), 'utf8');
}

export interface SourceImport {
  readonly specifier: string;
  /** Path of the source file from the project's root; null for packages and built-ins. */
  readonly file: string | null;
}

/** Everything that a source file imports: statically, dynamically, as a type, or to re-export it. */
export function importsOf(path: string): readonly SourceImport[] {
  return ts.preProcessFile(readSource(path), true, true).importedFiles.map(({ fileName: specifier }) => ({
    specifier,
    file: specifier.startsWith('.') ? sourceOf(posix.join(dirname(path), specifier)) : null,
  }));
}

/** The source that an import of `x.js` means. */
function sourceOf(path: string): string {
  const component = path.replace(/\.js$/, '.tsx');
  return existsSync(join(PROJECT_ROOT, component)) ? component : path.replace(/\.js$/, '.ts');
}

/** Every node of a source file, parents first. */
export function* nodesOf(path: string): Generator<ts.Node> {
  yield* below(ts.createSourceFile(path, readSource(path), ts.ScriptTarget.Latest, true));
}

function* below(node: ts.Node): Generator<ts.Node> {
  yield node;
  const children: ts.Node[] = [];
  ts.forEachChild(node, (child) => void children.push(child));
  for (const child of children) yield* below(child);
}
