import { fileURLToPath } from 'node:url'
import type { Plugin } from 'esbuild'

const credentials = fileURLToPath(new URL('./environment-credentials.ts', import.meta.url))

/** Leaves out what no function uses: the SDK's other ways to find credentials, and zod's messages in fifty languages. */
export const lambdaOnly: Plugin = {
  name: 'lambda-only',
  setup: (build) => {
    build.onResolve({ filter: /^@aws-sdk\/credential-provider-node$/ }, () => ({ path: credentials }))
    build.onLoad({ filter: /[\\/]zod[\\/]v4[\\/]locales[\\/]index\.js$/ }, () => ({
      contents: 'export { default as en } from "./en.js"',
    }))
  },
}
