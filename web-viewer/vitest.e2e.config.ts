import { defineConfig } from 'vitest/config';

/** Behaviour of the built viewer in a real Chromium against a running server (YINGYUN_URL). */
export default defineConfig({
  test: {
    environment: 'node',
    include: ['test/e2e/**/*.spec.ts'],
    // One browser at a time: the system tests run parts of the specs side by side (`--shard`).
    maxWorkers: 1,
    testTimeout: 60_000,
    hookTimeout: 120_000,
    reporters: ['verbose'],
  },
});
