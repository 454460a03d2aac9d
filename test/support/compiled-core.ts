// The engine as JavaScript in a folder, for tests that run it in processes of their own and kill them.
import { cpSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { transformWithOxc } from 'vite';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** As in tsconfig.json. */
const OPTIONS = { target: 'es2023', typescript: { onlyRemoveTypeImports: true } };

/** Compiles core/ without checking types into `folder`; scripts there import from './core/…js'. */
export async function compileCore(folder: string): Promise<void> {
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'), 'dir');
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
  for (const path of readdirSync(join(root, 'core'), { recursive: true, encoding: 'utf8' })) {
    const [from, to] = [join(root, 'core', path), join(folder, 'core', path)];
    mkdirSync(dirname(to), { recursive: true });
    if (path.endsWith('.json')) cpSync(from, to);
    if (!path.endsWith('.ts')) continue;
    // Ten times as fast as the compiler, which matters because each test compiles all of it.
    const { code } = await transformWithOxc(readFileSync(from, 'utf8'), from, OPTIONS);
    writeFileSync(to.replace(/\.ts$/, '.js'), code);
  }
}
