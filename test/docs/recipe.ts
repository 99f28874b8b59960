import { spawnSync } from 'node:child_process'
import {
  cpSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

interface Block {
  readonly language: string
  /** The file that it is about; empty for commands. */
  readonly path: string
  readonly text: string
}

const blocksOf = (page: string): readonly Block[] =>
  [...page.matchAll(/^```(\w+) ?(\S*)\n([\s\S]*?)^```$/gm)].map(
    ([, language = '', path = '', text = '']) => ({
      language,
      path,
      text,
    }),
  )

/** Puts the lines with `+` behind those before them, which the file has once. */
const patched = (source: string, diff: string): string => {
  const lines = diff.trimEnd().split('\n')
  const context = lines.filter((line) => line.startsWith(' ')).map((line) => `${line.slice(1)}\n`)
  const added = lines.filter((line) => line.startsWith('+')).map((line) => `${line.slice(1)}\n`)
  const [before, after, ...more] = source.split(context.join(''))
  if (before === undefined || after === undefined || more.length > 0)
    throw new Error(`not once in the file: ${context.join('')}`)
  return [before, ...context, ...added, after].join('')
}

const run = (command: string, args: readonly string[], cwd: string) => {
  const env = {
    ...process.env,
    // Tests of the copy are found as `npm test` finds them.
    DEEP: '',
    // By a link of its own every copy has the same way from what was compiled to its files: it finds what others left.
    NODE_COMPILE_CACHE: join(cwd, compiled),
    NODE_COMPILE_CACHE_PORTABLE: '1',
  }
  const { status, stdout, stderr } = spawnSync(command, args, { cwd, env, encoding: 'utf8' })
  return { status, output: `${stdout}${stderr}` }
}

/** Below each copy, a link to the one place for all of them. */
const compiled = '.compiled'

/** The project's own files, with those that are not committed yet. */
const ownFiles = (): readonly string[] =>
  run('git', ['ls-files', '-co', '--exclude-standard'], process.cwd()).output.trim().split('\n')

/** A copy of the project in which pages of `docs/how-to` are followed, one after the other. */
export const followRecipe = (...names: readonly string[]) => {
  const page = names.map((name) => readFileSync(`docs/how-to/${name}.md`, 'utf8')).join('\n')
  const folder = mkdtempSync(join(tmpdir(), 'recipe-'))
  const files = ownFiles()
  for (const file of files) cpSync(file, join(folder, file))
  symlinkSync(join(process.cwd(), 'node_modules'), join(folder, 'node_modules'))
  const kept = join(process.cwd(), 'node_modules/.cache/recipes')
  mkdirSync(kept, { recursive: true })
  symlinkSync(kept, join(folder, compiled))
  const write = (path: string, text: string): void => {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
  const read = (path: string): string => readFileSync(join(folder, path), 'utf8')
  const follow = (isMeant: (path: string) => boolean): void => {
    for (const { language, path, text } of blocksOf(page)) {
      if (!isMeant(path)) continue
      if (language === 'ts' || language === 'yaml') write(path, text)
      if (language === 'diff') write(path, patched(read(path), text))
    }
  }
  const isTrial = (path: string): boolean => path.startsWith('playbook/')
  follow((path) => !isTrial(path))
  return {
    read,
    write,
    vitest: (...args: readonly string[]) =>
      run(process.execPath, ['node_modules/vitest/vitest.mjs', 'run', '--no-color', ...args], folder),
    run: (...args: readonly string[]) => run(process.execPath, args, folder),
    /** @param parts folders to look at alone; all by default. */
    compile: (...parts: readonly string[]) => {
      if (parts.length > 0)
        write('parts.json', JSON.stringify({ extends: './tsconfig.json', include: parts }))
      const project = parts.length > 0 ? 'parts.json' : 'tsconfig.json'
      // The other core has another page to follow.
      const options = ['--noEmit', '--singleThreaded', '--incremental', 'false', '--project', project]
      return run(process.execPath, ['node_modules/typescript/bin/tsc', ...options], folder)
    },
    /** What the page lists. */
    listed: [...page.matchAll(/^- `([^`]+)`$/gm)].map(([, path = '']) => path),
    /** What is other than in the project by now. */
    changed: () => {
      const now = globSync('{bin,docs,domain,functions,lib,local,templates,test}/**/*.*', { cwd: folder })
      return now
        .filter((file) => !files.includes(file) || read(file) !== readFileSync(file, 'utf8'))
        .toSorted()
    },
    /** The shipped playbook with what the page writes into it. */
    makePlaybook: () => {
      cpSync('templates', join(folder, 'playbook'), { recursive: true })
      follow(isTrial)
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  }
}
