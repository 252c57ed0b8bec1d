import { defineConfig } from 'vitest/config';

/** Behaviour of the built viewer in a real Chromium against a running server (YINGYUN_URL). */
export default defineConfig({
  test: {
    environment: 'node',
    include: ['test/e2e/**/*.spec.ts'],
    // Two browsers at once: while one draws the other waits for the server or the clock.
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 120_000,
    reporters: ['verbose'],
  },
});
