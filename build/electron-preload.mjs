// Bundles the preload script into one CommonJS file, because a sandboxed preload script can load nothing but `electron`.
//   node build/electron-preload.mjs FOLDER
import { fileURLToPath } from 'node:url';
import { build } from 'vite';

const [outDir] = process.argv.slice(2);
if (outDir === undefined) throw new Error('Name the folder that the script is written to.');

await build({
  configFile: false,
  root: fileURLToPath(new URL('..', import.meta.url)),
  logLevel: 'warn',
  build: {
    outDir,
    emptyOutDir: false,
    minify: false,
    target: 'es2022',
    lib: {
      entry: fileURLToPath(new URL('../electron/preload.ts', import.meta.url)),
      formats: ['cjs'],
      fileName: () => 'preload.cjs',
    },
    rolldownOptions: { external: ['electron'], checks: { bundlerTimings: false } },
  },
});
