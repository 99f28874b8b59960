import { readFileSync } from 'node:fs'
import type { Playbook } from '../../domain/playbook/playbook.ts'

/** The playbook compiled, checked and put beside the bundle at synth; read once for each container. */
export const bundledPlaybook = (): Playbook =>
  JSON.parse(readFileSync(new URL('./playbook.json', import.meta.url), 'utf8'))
