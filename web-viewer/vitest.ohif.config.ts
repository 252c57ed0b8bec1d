import { defineConfig } from 'vitest/config';

/** OHIF, as npm has it, in a real Chromium against a running server (YINGYUN_URL). */
export default defineConfig({
  test: {
    environment: 'node',
    include: ['test/ohif/**/*.spec.ts'],
    fileParallelism: false,
    testTimeout: 90_000,
    hookTimeout: 120_000,
    reporters: ['verbose'],
  },
});
