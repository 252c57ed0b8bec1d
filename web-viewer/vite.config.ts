import { fileURLToPath } from 'node:url';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';
import { dictionary } from './dictionary-plugin.ts';

/** Where the development server finds the archive: YINGYUN_UPSTREAM, else a local `yingyun serve --dev`. */
const upstream = process.env['YINGYUN_UPSTREAM'] ?? 'http://127.0.0.1:8080';

const codecs = [
  '@cornerstonejs/codec-charls/decodewasmjs',
  '@cornerstonejs/codec-libjpeg-turbo-8bit/decodewasmjs',
  '@cornerstonejs/codec-openjpeg/decodewasmjs',
  '@cornerstonejs/codec-openjph/wasmjs',
];

export default defineConfig(({ mode }) => ({
  plugins: [svelte(), dictionary()],
  resolve: {
    alias: {
      // dcmjs pulls in an XML writer that dies when bundled ("Class extends value undefined") and that nothing here calls.
      xmlbuilder2: fileURLToPath(new URL('./src/engine/no-xml.ts', import.meta.url)),
    },
    ...(mode === 'test' ? { conditions: ['browser'] } : {}),
  },
  worker: { format: 'es' },
  optimizeDeps: {
    exclude: ['@cornerstonejs/dicom-image-loader'],
    include: ['dicom-parser', ...codecs],
  },
  server: {
    host: '127.0.0.1',
    proxy: { '/dicom-web': upstream, '/api': upstream },
  },
  build: {
    target: 'es2022',
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 4096,
    reportCompressedSize: true,
  },
  test: {
    environment: 'happy-dom',
    include: ['test/unit/**/*.spec.ts'],
  },
}));
