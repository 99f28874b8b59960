import { createHash } from 'node:crypto'
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { objectOf, parseJson, parseObject, textOf } from '../json.ts'
import { runCommand } from '../log-line.ts'

/** Folders whose content has no part in what is synthesized. */
const LEFT_OUT = new Set(['.build', '.git', '.local', 'cdk.out', 'node_modules', 'test'])

/**
 * One hash over the content of all files below the folders. Hashes of single files are kept in `cache` and used
 * again where size and time of change are the same.
 */
function fingerprint(folders: readonly string[], cache: string, salt: string): string {
  const before = readCache(cache)
  const after: Record<string, [stamp: string, hash: string]> = {}
  const whole = createHash('sha256').update(salt)
  for (const folder of folders) {
    for (const file of filesBelow(folder)) {
      const { size, mtimeMs } = statSync(file)
      const stamp = `${size}-${mtimeMs}`
      const known = before.get(file)
      const hash =
        known?.[0] === stamp ? known[1] : createHash('sha256').update(readFileSync(file)).digest('hex')
      after[file] = [stamp, hash]
      whole.update(`${relative(folder, file)} ${hash}\n`)
    }
  }
  mkdirSync(dirname(cache), { recursive: true })
  writeFileSync(cache, JSON.stringify(after))
  return whole.digest('hex').slice(0, 16)
}

function filesBelow(folder: string): string[] {
  const files: string[] = []
  for (const entry of readdirSync(folder, { withFileTypes: true }).sort((a, b) =>
    a.name < b.name ? -1 : 1,
  )) {
    if (LEFT_OUT.has(entry.name)) continue
    const path = join(folder, entry.name)
    if (entry.isDirectory()) files.push(...filesBelow(path))
    else if (entry.isFile()) files.push(path)
  }
  return files
}

function readCache(file: string): Map<string, [string, string]> {
  const known = new Map<string, [string, string]>()
  if (!existsSync(file)) return known
  try {
    for (const [path, entry] of Object.entries(objectOf(parseJson(readFileSync(file, 'utf8'))))) {
      const [stamp, hash] = Array.isArray(entry) ? entry.map(textOf) : []
      if (stamp !== undefined && hash !== undefined) known.set(path, [stamp, hash])
    }
  } catch {
    return new Map()
  }
  return known
}

const LOCK_PREFIX = 'in-use-by-'

/** Says that this process runs from `folder`: as long as it lives nobody removes it. */
export function markInUse(folder: string, pid = process.pid): void {
  writeFileSync(join(folder, `${LOCK_PREFIX}${pid}`), '')
}

/** Whether a process that is still alive runs from `folder`. Marks of others are taken away. */
export function isInUse(folder: string): boolean {
  const marks = readdirSync(folder).filter((name) => name.startsWith(LOCK_PREFIX))
  const dead = marks.filter((name) => !isAlive(Number(name.slice(LOCK_PREFIX.length))))
  for (const name of dead) rmSync(join(folder, name), { force: true })
  return dead.length < marks.length
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    // There is such a process, and it is somebody else's.
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}

/** Where V8 may keep what it compiled of an assembly's functions: assemblies with other playbooks have the same code. */
export const compiledBeside = (assembly: string): string => join(dirname(assembly), 'compiled')

interface Synthesized {
  /** The cloud assembly. */
  readonly folder: string
  /** False: nothing changed since an earlier synth. */
  readonly ran: boolean
}

/** An app that ends so has said itself what is wrong with what it was to read (`EX_DATAERR` of sysexits). */
const WRONG_INPUT = 65

/** The app's own command failed; its output has been shown. Without a message where that says all there is to say. */
export class SynthFailed extends Error {}

/** Each is some 70 MB. Whoever goes back and forth between playbooks, as tests do, finds what they had. */
const KEPT = 6
const PREFIX = 'local-'

/**
 * Synthesizes the CDK app of `project` with this playbook by running the `app` command of cdk.json, unless nothing
 * changed since the last time. @throws SynthFailed
 */
export async function synthesize(project: string, playbook: string): Promise<Synthesized> {
  const out = join(project, 'cdk.out')
  const inside = playbook.startsWith(`${project}/`)
  const salt = `${process.version} ${playbook}`
  const print = fingerprint(inside ? [project] : [project, playbook], join(out, 'fingerprints.json'), salt)
  const folder = join(out, `${PREFIX}${print}`)
  if (existsSync(join(folder, 'manifest.json'))) {
    const now = new Date()
    utimesSync(folder, now, now)
    return { folder, ran: false }
  }
  const unfinished = join(out, `unfinished-${process.pid}-${print}`)
  rmSync(unfinished, { recursive: true, force: true })
  try {
    await runApp(project, playbook, unfinished)
    if (existsSync(folder)) rmSync(unfinished, { recursive: true, force: true })
    else renameSync(unfinished, folder)
  } catch (error) {
    rmSync(unfinished, { recursive: true, force: true })
    throw error
  }
  removeOld(out, folder)
  return { folder, ran: true }
}

async function runApp(project: string, playbook: string, folder: string): Promise<void> {
  const configuration = parseObject(readFileSync(join(project, 'cdk.json'), 'utf8'))
  const command = textOf(configuration.app)
  if (command === undefined) throw new SynthFailed('cdk.json names no app')
  const context = { ...objectOf(configuration.context), playbook }
  const code = await runCommand(project, command, {
    CDK_OUTDIR: folder,
    CDK_CONTEXT_JSON: JSON.stringify(context),
  })
  if (code === WRONG_INPUT) throw new SynthFailed('')
  if (code !== 0) throw new SynthFailed(`"${command}" ended with code ${code}`)
  if (!existsSync(join(folder, 'manifest.json')))
    throw new SynthFailed(`"${command}" wrote no cloud assembly`)
}

/** Keeps the newest few assemblies, and every one from which another instance is running. */
function removeOld(out: string, current: string): void {
  const old = readdirSync(out)
    .filter((name) => name.startsWith(PREFIX))
    .map((name) => join(out, name))
    .filter((folder) => folder !== current)
    .sort((a, b) => statSync(b).mtimeMs - statSync(a).mtimeMs)
  for (const folder of old.slice(KEPT - 1).filter((folder) => !isInUse(folder)))
    rmSync(folder, { recursive: true, force: true })
}
