import { existsSync, readdirSync, readFileSync, renameSync, rmSync, statSync, utimesSync } from 'node:fs'
import { join } from 'node:path'
import { objectOf, parseObject, textOf } from '../json.ts'
import { runCommand } from '../run-command.ts'
import { fingerprint } from './fingerprint.ts'
import { isInUse } from './in-use.ts'

export interface Synthesized {
  /** The cloud assembly. */
  readonly folder: string
  /** False: nothing changed since an earlier synth. */
  readonly ran: boolean
}

/** An app that ends so has said itself what is wrong with what it was to read (`EX_DATAERR` of sysexits). */
const WRONG_INPUT = 65

/** The app's own command failed; its output has been shown. Without a message where that says all there is to say. */
export class SynthFailed extends Error {}

const KEPT = 3
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
