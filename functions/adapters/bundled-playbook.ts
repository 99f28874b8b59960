import { readFileSync } from 'node:fs'
import type { Playbook } from '../../domain/model/playbook.ts'
import type { SourceFiles } from '../playbook-ports.ts'

const read = (name: string): string => readFileSync(new URL(name, import.meta.url), 'utf8')

/** The playbook compiled, checked and put beside the bundle at synth; read once for each container. */
export const bundledPlaybook = (): Playbook => JSON.parse(read('./playbook.json'))

/** The console as it was built, by the address of each file; only its own function has it beside its bundle. */
export const bundledConsole = (): Readonly<Record<string, string>> => JSON.parse(read('./console-files.json'))

/** Its pictures by name; functions that serve, send or publish them have them beside their bundles. */
export const bundledAssets = (): ReadonlyMap<string, Uint8Array> =>
  new Map(
    Object.entries<string>(JSON.parse(read('./assets.json'))).map(([name, content]) => [
      name,
      new Uint8Array(Buffer.from(content, 'base64')),
    ]),
  )

/** What it was made of; only the function that shows and compiles playbooks has it beside its bundle. */
export const bundledFiles = (): SourceFiles =>
  new Map(Object.entries<string>(JSON.parse(read('./playbook-files.json'))))
