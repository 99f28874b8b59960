import { dirname, resolve } from 'node:path'
import { buildSync, type Plugin } from 'esbuild'

/** A script or stylesheet for browsers with what it imports, minified for all that are still in use. */
const programOf = (file: string): string =>
  buildSync({
    entryPoints: [file],
    bundle: true,
    minify: true,
    format: 'iife',
    target: 'es2019',
    charset: 'ascii',
    write: false,
  })
    .outputFiles.map(({ text }) => text.trim())
    .join('')

/** What an import ends with that wants a program for browsers as text, and how esbuild names it. */
const suffix = '?program'
export const programNamespace = 'program'

/** For the bundles of functions. */
export const browserProgram: Plugin = {
  name: 'browser-program',
  setup: (build) => {
    build.onResolve({ filter: /\?program$/ }, ({ path, importer }) => ({
      path: resolve(dirname(importer), path.slice(0, -suffix.length)),
      namespace: programNamespace,
    }))
    build.onLoad({ filter: /.*/, namespace: programNamespace }, ({ path }) => ({
      contents: programOf(path),
      loader: 'text',
    }))
  },
}

/** The same for Vitest, under a name that it takes for no stylesheet. */
export const vitestBrowserProgram = {
  name: 'browser-program',
  enforce: 'pre',
  resolveId: (id: string, importer = '') =>
    id.endsWith(suffix) ? `\0${resolve(dirname(importer), id.slice(0, -suffix.length))}.program` : undefined,
  load: (id: string) => {
    const [, file] = /^\0(.*)\.program$/.exec(id) ?? []
    return file === undefined ? undefined : `export default ${JSON.stringify(programOf(file))}`
  },
} as const
