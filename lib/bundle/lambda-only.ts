import { fileURLToPath } from 'node:url'
import type { Plugin } from 'esbuild'

const credentials = fileURLToPath(new URL('./environment-credentials.ts', import.meta.url))

/** What MJML loads for jobs that it is not given: making HTML smaller or prettier, fetching what it refers to, and guessing how that is encoded. */
const unusedByMjml =
  /^(htmlnano|cssnano|cssnano-preset-lite|js-beautify|web-resource-inliner|undici|iconv-lite|encoding-sniffer)$/

/** What the SDK loads for jobs that it is not given: streams of events, and endpoints that a service tells of one by one. */
const unusedBySdk = /^@(smithy\/core\/event-streams|aws-sdk\/endpoint-cache)$/

/**
 * Leaves out what no function uses: the SDK's other ways to find credentials and what else it has no work for, zod's messages in
 * fifty languages, names of characters that HTML is written without, a second reader of HTML, and two thirds of MJML.
 */
export const lambdaOnly: Plugin = {
  name: 'lambda-only',
  setup: (build) => {
    build.onResolve({ filter: /^@aws-sdk\/credential-provider-node$/ }, () => ({ path: credentials }))
    build.onResolve({ filter: /^entities$/ }, ({ importer, resolveDir, kind }) =>
      /[\\/]dom-serializer[\\/]/.test(importer)
        ? build.resolve('entities/lib/escape.js', { importer, resolveDir, kind })
        : undefined,
    )
    // MJML requires what makes texts of emails imports: one copy of it serves both.
    build.onResolve({ filter: /^htmlparser2$/ }, ({ importer, resolveDir, kind }) =>
      kind === 'import-statement'
        ? build.resolve('htmlparser2', { importer, resolveDir, kind: 'require-call' })
        : undefined,
    )
    for (const filter of [unusedByMjml, unusedBySdk])
      build.onResolve({ filter }, ({ path }) => ({ path, namespace: 'unused' }))
    // Every client of DynamoDB makes itself a cache, and every one of S3 looks for streams, whatever for.
    build.onLoad({ filter: /.*/, namespace: 'unused' }, () => ({
      contents: `module.exports = {
        EndpointCache: class {},
        eventStreamSerdeProvider: undefined,
        resolveEventStreamSerdeConfig: (config) => config,
      }`,
    }))
    build.onLoad({ filter: /[\\/]zod[\\/]v4[\\/]locales[\\/]index\.js$/ }, () => ({
      contents: 'export { default as en } from "./en.js"',
    }))
  },
}
