import { defineConfig } from 'vitest/config';

/** The viewer measured beside OHIF; `benches/viewer` sets both up and runs it. */
export default defineConfig({
  test: {
    environment: 'node',
    include: ['test/perf/**/*.perf.ts'],
    fileParallelism: false,
    testTimeout: 3_600_000,
    hookTimeout: 120_000,
    reporters: ['verbose'],
  },
});
