import { defineConfig } from 'vitest/config'

/** `npm test` needs no browser; `npm run test:e2e` runs those that do. */
const browser = process.env.npm_lifecycle_event === 'test:e2e'

export default defineConfig({
  test: {
    include: browser ? ['test/e2e/**/*.test.ts'] : ['test/**/*.test.ts'],
    exclude: browser ? [] : ['test/e2e/**'],
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // By default one core is left free, which is half of a machine with two.
    maxWorkers: '100%',
  },
})
