// Bundles the programs so that they run without node_modules: one file for each, and beside it what it opens by path.
import { copyFileSync, mkdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { build } from 'vite';

/** Files that the programs open as `new URL('./NAME', import.meta.url)`, so they lie beside each bundle. */
const THREADS = ['core/package/bytes/gunzip-thread.mjs'];

/**
 * @param {string} root folder of package.json, installed
 * @param {string} entry TypeScript file, as path from `root`
 * @param {string} file where the bundle goes; the threads' files go into the same folder
 * @param {{ external?: string[], outsideAsar?: boolean }} [options] `external`: modules that the program finds where it runs;
 *   `outsideAsar`: the threads' files lie beside Electron's archive, as electron-builder's `asarUnpack` puts them
 */
export async function bundle(root, entry, file, { external = [], outsideAsar = false } = {}) {
  const folder = join(file, '..');
  mkdirSync(folder, { recursive: true });
  await build({
    configFile: false,
    root,
    logLevel: 'warn',
    plugins: [inlineRequires(), ...(outsideAsar ? [threadsOutsideAsar()] : [])],
    ssr: { noExternal: true, external, target: 'node' },
    build: {
      ssr: join(root, entry),
      outDir: folder,
      emptyOutDir: false,
      minify: false,
      // maps would hold paths of this machine
      sourcemap: false,
      target: 'node20',
      rolldownOptions: {
        external,
        // on a busy machine Rolldown would warn about the time that plugins take
        checks: { bundlerTimings: false },
        output: { format: 'es', entryFileNames: basename(file), codeSplitting: false },
        // comments that name source files hold paths of this machine where packages are linked
        experimental: { attachDebugInfo: 'none' },
      },
    },
  });
  for (const thread of THREADS) copyFileSync(join(root, thread), join(folder, basename(thread)));
}

/**
 * Turns `require` of a constant into an import, for sources that make their own `require`: a bundler follows only imports.
 * package.json is left alone, because programs look for it at run time.
 */
function inlineRequires() {
  return {
    name: 'archbridge-inline-requires',
    enforce: 'pre',
    transform(code, id) {
      if (!id.endsWith('.ts') || !code.includes('createRequire(import.meta.url)')) return null;
      const imports = [];
      const replaced = code.replaceAll(/require\('([^']+)'\)/g, (_, name) => {
        imports.push(`import * as required${imports.length} from '${name}';`);
        return `required${imports.length - 1}`;
      });
      return imports.length === 0 ? null : `${imports.join('\n')}\n${replaced}`;
    },
  };
}

/** A thread cannot be started from a file in Electron's archive. https://www.electronjs.org/docs/latest/tutorial/asar-archives */
function threadsOutsideAsar() {
  return {
    name: 'archbridge-threads-outside-asar',
    enforce: 'pre',
    transform(code, id) {
      if (!id.endsWith('.ts') || !code.includes('new Worker(new URL(')) return null;
      return code.replaceAll(
        /(new Worker\(new URL\('[^']+', import\.meta\.url)\)/g,
        "$1.replace('/app.asar/', '/app.asar.unpacked/'))",
      );
    },
  };
}
