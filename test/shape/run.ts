import { globSync, readFileSync } from 'node:fs'
import { loadProgramsEmpty } from '../../bin/rehearse/empty-programs.ts'
import { circles, importsOf, rules } from '../architecture.ts'
import { type FileShape, measureFile, quantile } from './measure.ts'

loadProgramsEmpty()
const { walkWays } = await import('./ways.ts')

/** Prints how the code is cut: what a newcomer has to open, and how long it is. `--files` names the files of each way. */
const folders = ['domain', 'functions', 'lib', 'bin', 'local', 'console']
const root = process.cwd()
const files = globSync(folders.map((folder) => `${folder}/**/*.ts`)).toSorted()
const shapes = files.map((file) => measureFile(root, file))
const sources = new Map(files.map((file) => [file, readFileSync(file, 'utf8')] as const))

const print = (what: string, ...values: readonly (string | number)[]): void =>
  console.log(`${what.padEnd(52)} ${values.join(' / ')}`)
const heading = (title: string): void => console.log(`\n${title}`)

const spread = (values: readonly number[]): readonly number[] => [
  quantile(values, 0.5),
  quantile(values, 0.9),
  Math.max(...values),
]

const linesOf = (some: readonly FileShape[]): number => some.reduce((sum, { lines }) => sum + lines, 0)

heading('Size')
for (const folder of folders) {
  const inside = shapes.filter(({ file }) => file.startsWith(`${folder}/`))
  if (inside.length > 0) print(`${folder}: files / lines`, inside.length, linesOf(inside))
}
print('all: files / lines', shapes.length, linesOf(shapes))
print('lines of a file: median / p90 / longest', ...spread(shapes.map(({ lines }) => lines)))

heading('Functions')
const functions = shapes.flatMap((shape) => shape.functions)
print('lines: median / p90 / longest', ...spread(functions.map(({ lines }) => lines)))
print('over 40 lines, functions within them included', functions.filter(({ lines }) => lines > 40).length)
print('over 40 lines, functions within them left out', functions.filter(({ own }) => own > 40).length)
print('parameters: median / p90 / most', ...spread(functions.map(({ parameters }) => parameters)))
print('more than four parameters', functions.filter(({ parameters }) => parameters > 4).length)

heading('Imports')
const importers = new Map<string, number>()
for (const { imports } of shapes)
  for (const file of imports) importers.set(file, (importers.get(file) ?? 0) + 1)
print(
  'files of ours that a file imports: median / p90 / most',
  ...spread(shapes.map(({ imports }) => imports.length)),
)
print('files with one importer', [...importers.values()].filter((count) => count === 1).length)
const downwards = rules.find(({ name }) => name === 'folders of domain import downwards')
const upward = files.flatMap((file) =>
  downwards?.covers(file) ? downwards.breaches(file, sources.get(file) ?? '') : [],
)
print('arrows upwards in domain', upward.length)
print('circles of files', circles(sources).length)
print(
  'import statements',
  files.reduce((sum, file) => sum + importsOf(file, sources.get(file) ?? '').length, 0),
)

heading('Ways of a lead: files / functions entered (stores in memory and the rehearsal itself not counted)')
for (const { name, files: entered, functions: ran } of await walkWays(root)) {
  print(name, entered.length, ran)
  if (process.argv.includes('--files')) for (const file of entered) console.log(`  ${file}`)
}

heading('Wishes: source files that the how-to page names (docs/how-to/add-*.md)')
const isGenerated = (file: string): boolean => /^(docs|test|templates\/schema)\//.test(file)
for (const page of globSync('docs/how-to/add-*.md').toSorted()) {
  const named = readFileSync(page, 'utf8').matchAll(/^- `([a-z-]+\/[^`*]+\.ts)`/gm)
  const touched = new Set([...named].flatMap(([, file = '']) => (isGenerated(file) ? [] : file)))
  if (touched.size === 0) throw new Error(`${page} lists no files to touch`)
  print(page.replace(/^.*add-(.*)\.md$/, '$1'), touched.size, [...touched].join(', '))
}
