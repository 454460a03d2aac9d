// The engine as JavaScript in a folder, for tests that run it in processes of their own and kill them.
import { cpSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** Compiles core/ without checking types into `folder`; scripts there import from './core/…js'. */
export function compileCore(folder: string): void {
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'), 'dir');
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
  for (const path of readdirSync(join(root, 'core'), { recursive: true, encoding: 'utf8' })) {
    const [from, to] = [join(root, 'core', path), join(folder, 'core', path)];
    mkdirSync(dirname(to), { recursive: true });
    if (path.endsWith('.json')) cpSync(from, to);
    if (!path.endsWith('.ts')) continue;
    const { outputText } = ts.transpileModule(readFileSync(from, 'utf8'), {
      compilerOptions: {
        target: ts.ScriptTarget.ES2022,
        module: ts.ModuleKind.ESNext,
        verbatimModuleSyntax: true,
      },
    });
    writeFileSync(to.replace(/\.ts$/, '.js'), outputText);
  }
}
