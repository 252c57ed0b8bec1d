import { defineConfig } from 'vitest/config';

/** By hand: every object class of YINGYUN_TESTDATA in a running server's viewer (YINGYUN_URL), as a table and as pictures (TOUR names a folder for screenshots, TOUR_ONLY parts of the paths to be looked at again, TOUR_PICTURES a folder for the pictures of the docs). */
export default defineConfig({
  test: {
    environment: 'node',
    include: ['test/tour/**/*.spec.ts'],
    fileParallelism: false,
    testTimeout: 1_800_000,
    hookTimeout: 120_000,
    reporters: ['verbose'],
  },
});
