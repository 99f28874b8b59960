import type { z } from 'zod'
import { type Checks, noChecks } from './checks.ts'
import { type Fault, isError } from './fault.ts'
import { shapeFaults } from './shape-faults.ts'
import type { YamlFile } from './yaml-file.ts'

/** `value` is there when the file has the right shape, whatever names it mentions. */
export interface Shaped<T> {
  readonly value?: T
  readonly faults: readonly Fault[]
}

/** Reads a file by its schema: once with the checks, for the faults, and once without, for the value behind mere warnings. */
export const readShape = <T>(
  yaml: YamlFile,
  schema: (checks: Checks) => z.ZodType<T>,
  checks: Checks,
): Shaped<T> => {
  if (yaml.root === undefined || yaml.faults.some(isError)) return { faults: yaml.faults }
  const strict = schema(checks).safeParse(yaml.root, { reportInput: true })
  if (strict.success) return { value: strict.data, faults: yaml.faults }
  const faults = [...yaml.faults, ...shapeFaults(yaml, strict.error.issues)]
  const loose = schema(noChecks).safeParse(yaml.root)
  return loose.success ? { value: loose.data, faults } : { faults }
}
