// How the window's code becomes files that any host can serve from any path: dist/renderer, nothing loaded from elsewhere.
import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

const folder = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  root: folder('.'),
  base: './',
  plugins: [react()],
  build: {
    outDir: folder('../dist/renderer'),
    emptyOutDir: true,
    // source maps would carry paths of the building machine
    sourcemap: false,
    // the policy of the page allows no data: scripts or styles
    assetsInlineLimit: 0,
    target: 'es2022',
    chunkSizeWarningLimit: 2000,
  },
});
