import { fileURLToPath } from 'node:url'
import type { Plugin } from 'esbuild'

const credentials = fileURLToPath(new URL('./environment-credentials.ts', import.meta.url))

/** What MJML loads for jobs that it is not given: making HTML smaller or prettier, and fetching what it refers to. */
const unusedByMjml =
  /^(htmlnano|cssnano|cssnano-preset-lite|js-beautify|web-resource-inliner|undici|iconv-lite)$/

/**
 * Leaves out what no function uses: the SDK's other ways to find credentials, zod's messages in fifty languages, and two
 * thirds of MJML.
 */
export const lambdaOnly: Plugin = {
  name: 'lambda-only',
  setup: (build) => {
    build.onResolve({ filter: /^@aws-sdk\/credential-provider-node$/ }, () => ({ path: credentials }))
    build.onResolve({ filter: unusedByMjml }, ({ path }) => ({ path, namespace: 'unused' }))
    build.onLoad({ filter: /.*/, namespace: 'unused' }, () => ({ contents: 'module.exports = {}' }))
    build.onLoad({ filter: /[\\/]zod[\\/]v4[\\/]locales[\\/]index\.js$/ }, () => ({
      contents: 'export { default as en } from "./en.js"',
    }))
  },
}
