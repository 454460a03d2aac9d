// How the window is built into files that any host can serve from any path: dist/renderer, with nothing loaded from elsewhere.
import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import { windowContents } from './window-contents.mjs';

const folder = (path) => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  root: folder('../renderer'),
  base: './',
  plugins: [react(), windowContents(folder('..'))],
  build: {
    outDir: folder('../dist/renderer'),
    emptyOutDir: true,
    // Source maps would contain paths of the building machine.
    sourcemap: false,
    // The page's content security policy allows no scripts or styles in data: URLs.
    assetsInlineLimit: 0,
    target: 'es2022',
    chunkSizeWarningLimit: 2000,
    // On a busy machine Rolldown would warn about the time that plugins take.
    rolldownOptions: { checks: { bundlerTimings: false } },
  },
});
