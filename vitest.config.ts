import { globSync, readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { defineConfig } from 'vitest/config'
import { vitestBrowserProgram } from './lib/bundle/browser-program.ts'

/** Commands that tests start load what they loaded before. */
process.env.NODE_COMPILE_CACHE ??= join(import.meta.dirname, 'node_modules/.cache/compiled')

/** `npm test` needs no browser; `npm run test:e2e` runs those that do. */
const browser = process.env.npm_lifecycle_event === 'test:e2e'

const isDeep = process.env.DEEP === '1'

/** What takes longer than anybody waits: whole stories, and properties tried often. */
const deep = 'test/**/*.deep.test.ts'
const properties = () =>
  globSync('test/**/*.test.ts').filter((file) => readFileSync(file, 'utf8').includes('/support/runs.ts'))

/** What starts no process. */
const decisions = ['domain', 'functions', 'templates'].map((folder) => `test/${folder}/**/*.test.ts`)

const project = (test: object) => ({
  extends: true as const,
  // Files share what they import, which halves their time: modules keep nothing but what is the same for all.
  test: { isolate: false, testTimeout: 240_000, hookTimeout: 240_000, ...test },
})

const stories = project({ name: 'deep', include: [deep] })

const projects = () => {
  if (browser) return [project({ name: 'browser', include: ['test/e2e/**/*.test.ts'] })]
  if (isDeep) return [stories, project({ name: 'properties', include: properties() })]
  return [
    project({
      name: 'systems',
      include: ['test/**/*.test.ts'],
      exclude: ['test/e2e/**', deep, ...decisions],
    }),
    project({ name: 'decisions', include: decisions, exclude: [deep] }),
    stories,
  ]
}

export default defineConfig({
  plugins: [vitestBrowserProgram],
  test: {
    // A story waits about as long as it computes: with one for each core, a fourth of a machine with two stood idle. Other
    // tests compute, or have a browser that does; each worker more would load all modules once more.
    maxWorkers: Math.ceil((isDeep ? 1.5 : 1) * availableParallelism()),
    projects: projects(),
  },
})
