import { spawnSync } from 'node:child_process'
import {
  cpSync,
  existsSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'

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
  // Tests of the copy are found as `npm test` finds them.
  const env = { ...process.env, DEEP: '' }
  const { status, stdout, stderr } = spawnSync(command, args, { cwd, env, encoding: 'utf8' })
  return { status, output: `${stdout}${stderr}` }
}

/** The project's own files, with those that are not committed yet. */
const ownFiles = (): readonly string[] =>
  run('git', ['ls-files', '-co', '--exclude-standard'], '.').output.trim().split('\n')

/**
 * What the compiler learnt of an earlier copy: it compares the files with it, and looks at those again that are others. Every
 * copy lies as far from `node_modules`, so that it holds for all of them.
 */
const learnt = 'node_modules/.cache/recipe.tsbuildinfo'

/** A copy of the project in which a page of `docs/how-to` is followed. */
export const followRecipe = (name: string) => {
  const page = readFileSync(`docs/how-to/${name}.md`, 'utf8')
  const folder = mkdtempSync(join(tmpdir(), 'recipe-'))
  const files = ownFiles()
  for (const file of files) cpSync(file, join(folder, file))
  symlinkSync(join(process.cwd(), 'node_modules'), join(folder, 'node_modules'))
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
    compile: () => {
      const info = join(folder, 'copy.tsbuildinfo')
      if (!existsSync(info) && existsSync(learnt)) cpSync(learnt, info)
      // The other core has another page to follow.
      const options = ['--noEmit', '--singleThreaded', '--tsBuildInfoFile', info]
      const compiled = run(process.execPath, ['node_modules/typescript/bin/tsc', ...options], folder)
      const own = `${learnt}.${basename(folder)}`
      mkdirSync(dirname(learnt), { recursive: true })
      cpSync(info, own)
      renameSync(own, learnt)
      return compiled
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
