import { defineConfig } from 'vitest/config'

/** `npm test` needs no browser; `npm run test:e2e` runs those that do. */
const browser = process.env.npm_lifecycle_event === 'test:e2e'

/** What these test has no state of its own: files share what they import, which halves their time. */
const stateless = ['domain', 'functions', 'templates'].map((folder) => `test/${folder}/**/*.test.ts`)

const shared = {
  testTimeout: 240_000,
  hookTimeout: 240_000,
}

export default defineConfig({
  test: {
    // By default one core is left free, which is half of a machine with two.
    maxWorkers: '100%',
    projects: browser
      ? [{ test: { ...shared, name: 'browser', include: ['test/e2e/**/*.test.ts'] } }]
      : [
          {
            test: {
              ...shared,
              name: 'systems',
              include: ['test/**/*.test.ts'],
              exclude: ['test/e2e/**', ...stateless],
            },
          },
          { test: { ...shared, name: 'decisions', include: stateless, isolate: false } },
        ],
  },
})
