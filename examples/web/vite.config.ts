// Builds the page to static files below /example/. The policy of server/worker.ts allows nothing inline.

import { resolve } from 'node:path';
import tailwindcss from '@tailwindcss/vite';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

const CLIENT = resolve(import.meta.dirname, '../../client/src');

export default defineConfig({
  root: import.meta.dirname,
  plugins: [react(), tailwindcss()],
  // In a copy of this folder, run `npm install comfygate` and remove this line.
  resolve: { alias: { 'comfygate/react': `${CLIENT}/react.ts`, comfygate: `${CLIENT}/index.ts` } },
  build: {
    assetsDir: 'example/assets',
    target: 'baseline-widely-available',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rollupOptions: { input: { example: resolve(import.meta.dirname, 'example/index.html') } },
  },
});
