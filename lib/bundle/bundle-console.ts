import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { build, version } from 'esbuild'
import { keptBuild } from './kept-build.ts'

/** Files of the console by their address; `/` is the page itself. */
export type ConsoleFiles = Readonly<Record<string, string>>

/** The same for every brand: its colours come by a stylesheet of their own. */
const icon =
  "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 32 32'%3E%3Cpath d='M4 6h24L18.500 17.500V27l-5 2.500V17.500z' fill='%23808a87'/%3E%3C/svg%3E"

const pageOf = (script: string, style: string): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Trichter</title>
<link rel="icon" href="${icon}">
<link rel="stylesheet" href="/console/brand.css">
<link rel="stylesheet" href="${style}">
<script type="module" src="${script}"></script>
</head>
<body><div id="app"></div><noscript>This page needs JavaScript.</noscript></body>
</html>
`

/**
 * Builds the console for browsers that know `light-dark()` (2024): one script to begin with, one more for each page that
 * is opened. Names hold a hash of the content.
 * @param outDir where a build is kept, absolute. @throws with esbuild's messages.
 */
export const bundleConsole = (root: string, outDir: string): Promise<ConsoleFiles> =>
  keptBuild(join(outDir, 'builds'), JSON.stringify(['console', root, version]), () => bundle(root))

const isStyle = ([path]: readonly [string, string]): boolean => path.endsWith('.css')

/** Rules and blocks of rules as they stand on their own, in minified CSS. */
const topLevel = (css: string): readonly string[] => {
  const blocks: string[] = []
  let [depth, from] = [0, 0]
  for (let at = 0; at < css.length; at++) {
    if (css[at] === '{') depth += 1
    if (css[at] === '}') depth -= 1
    if (depth > 0 || (css[at] !== '}' && css[at] !== ';')) continue
    blocks.push(css.slice(from, at + 1).trim())
    from = at + 1
  }
  return [...blocks, css.slice(from).trim()].filter((block) => block !== '')
}

/** Every page brings the styles of what it is made of: what several share stands in the sheet once. */
const eachRuleOnce = (sheets: readonly string[]): string => [...new Set(sheets.flatMap(topLevel))].join('\n')

const bundle = async (root: string) => {
  const { outputFiles, metafile } = await build({
    absWorkingDir: root,
    entryPoints: ['console/main.tsx'],
    outdir: '.build/console',
    entryNames: '[name]-[hash]',
    chunkNames: '[name]-[hash]',
    assetNames: '[name]-[hash]',
    publicPath: '/console',
    bundle: true,
    splitting: true,
    minify: true,
    format: 'esm',
    platform: 'browser',
    target: ['chrome123', 'firefox120', 'safari17.5'],
    charset: 'utf8',
    jsx: 'automatic',
    jsxImportSource: 'preact',
    define: { 'process.env.NODE_ENV': '"production"' },
    legalComments: 'none',
    metafile: true,
    write: false,
    logLevel: 'silent',
  })
  const folder = join(root, '.build/console')
  const addressOf = (path: string): string =>
    `/console/${path.slice(folder.length + 1).replaceAll('\\', '/')}`
  const built = outputFiles.map(({ path, text }) => [addressOf(path), text] as const)
  const [script] = built.map(([path]) => path).filter((path) => /\/main-[^/]+\.js$/.test(path))
  if (script === undefined) throw new Error('esbuild made no script of console/main.tsx')
  // Styles of pages that are loaded later stand in the one stylesheet, as the order of layers is then the same for all.
  // The first one names the layers.
  const [styles, others] = [built.filter(isStyle), built.filter((file) => !isStyle(file))]
  const style = eachRuleOnce(
    styles
      .toSorted(([a], [b]) => Number(b.includes('/main-')) - Number(a.includes('/main-')))
      .map(([, text]) => text),
  )
  const address = `/console/style-${createHash('sha256').update(style).digest('hex').slice(0, 8).toUpperCase()}.css`
  return {
    built: Object.fromEntries([...others, [address, style], ['/', pageOf(script, address)]]),
    // The icons alone are thousands of files: which packages there are tells the lock.
    files: [
      ...Object.keys(metafile.inputs).filter((input) => !input.startsWith('node_modules/')),
      'package-lock.json',
      'lib/bundle/bundle-console.ts',
    ].map((file) => join(root, file)),
  }
}
