import { globSync, readFileSync } from 'node:fs'
import { defineConfig } from 'vitest/config'
import { vitestBrowserProgram } from './lib/bundle/browser-program.ts'

/** `npm test` needs no browser; `npm run test:e2e` runs those that do. */
const browser = process.env.npm_lifecycle_event === 'test:e2e'

/** What takes longer than anybody waits: whole stories, and properties tried often. */
const deep = 'test/**/*.deep.test.ts'
const properties = () =>
  globSync('test/**/*.test.ts').filter((file) => readFileSync(file, 'utf8').includes('/support/runs.ts'))

/** What these test has no state of its own: files share what they import, which halves their time. */
const stateless = ['domain', 'functions', 'templates'].map((folder) => `test/${folder}/**/*.test.ts`)

const project = (test: object) => ({
  extends: true as const,
  test: { testTimeout: 240_000, hookTimeout: 240_000, ...test },
})

const stories = project({ name: 'deep', include: [deep] })

const projects = () => {
  if (browser) return [project({ name: 'browser', include: ['test/e2e/**/*.test.ts'] })]
  if (process.env.DEEP === '1')
    return [stories, project({ name: 'properties', include: properties(), isolate: false })]
  return [
    project({
      name: 'systems',
      include: ['test/**/*.test.ts'],
      exclude: ['test/e2e/**', deep, ...stateless],
    }),
    project({ name: 'decisions', include: stateless, exclude: [deep], isolate: false }),
    stories,
  ]
}

export default defineConfig({
  plugins: [vitestBrowserProgram],
  test: {
    // By default one core is left free, which is half of a machine with two.
    maxWorkers: '100%',
    projects: projects(),
  },
})
