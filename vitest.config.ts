import { globSync, readFileSync } from 'node:fs'
import { defineConfig } from 'vitest/config'

/** `npm test` needs no browser; `npm run test:e2e` runs those that do. */
const browser = process.env.npm_lifecycle_event === 'test:e2e'

/** What takes longer than anybody waits: whole stories, and properties tried often. */
const deep = 'test/**/*.deep.test.ts'
const properties = () =>
  globSync('test/**/*.test.ts').filter((file) => readFileSync(file, 'utf8').includes('/support/runs.ts'))

/** What these test has no state of its own: files share what they import, which halves their time. */
const stateless = ['domain', 'functions', 'templates'].map((folder) => `test/${folder}/**/*.test.ts`)

const shared = {
  testTimeout: 240_000,
  hookTimeout: 240_000,
}

const stories = { test: { ...shared, name: 'deep', include: [deep] } }

const projects = () => {
  if (browser) return [{ test: { ...shared, name: 'browser', include: ['test/e2e/**/*.test.ts'] } }]
  if (process.env.DEEP === '1')
    return [stories, { test: { ...shared, name: 'properties', include: properties(), isolate: false } }]
  return [
    {
      test: {
        ...shared,
        name: 'systems',
        include: ['test/**/*.test.ts'],
        exclude: ['test/e2e/**', deep, ...stateless],
      },
    },
    { test: { ...shared, name: 'decisions', include: stateless, exclude: [deep], isolate: false } },
    stories,
  ]
}

export default defineConfig({
  test: {
    // By default one core is left free, which is half of a machine with two.
    maxWorkers: '100%',
    projects: projects(),
  },
})
