// The pages, built to static assets: one input a page, everything hashed under /assets. The policy of web/public/_headers
// allows nothing inline, so nothing is inlined.

import { resolve } from 'node:path';
import { lingui } from '@lingui/vite-plugin';
import tailwindcss from '@tailwindcss/vite';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

const GATEWAY = process.env['GATEWAY'] ?? 'http://127.0.0.1:8787';

export default defineConfig({
  root: import.meta.dirname,
  plugins: [react(), lingui({ macroTransform: true, cwd: import.meta.dirname }), tailwindcss()],
  build: {
    outDir: resolve(import.meta.dirname, '../dist'),
    emptyOutDir: true,
    target: 'baseline-widely-available',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rollupOptions: { input: { console: resolve(import.meta.dirname, 'console/index.html') } },
  },
  // `npm run dev:web`: the pages from here, the API from a gateway that runs.
  server: { proxy: { '/admin': GATEWAY, '/session': GATEWAY, '/v1': GATEWAY } },
});
