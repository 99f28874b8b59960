import type { Step } from '../../../domain/model/sequence.ts'
import { noChecks } from '../../../domain/playbook/faults.ts'
import { sequenceSchema } from '../../../domain/playbook/schema/sequence-schema.ts'

/** Some of the steps that an author may write. */
export type RawStep =
  | { readonly email: string }
  | { readonly wait: string | Readonly<Record<string, string>> }
  | { readonly if: string; readonly then: readonly RawStep[]; readonly else?: readonly RawStep[] }
  | { readonly split: { readonly name: string; readonly ways: Readonly<Record<string, RawWay>> } }

type RawWay = readonly RawStep[] | { readonly share: number; readonly steps: readonly RawStep[] }

/** Read from JSON, as a literal with a key "then" looks like a promise to tools. */
export const branch = (condition: string, yes: readonly RawStep[], no?: readonly RawStep[]): RawStep =>
  JSON.parse(
    JSON.stringify({ if: condition, else: no }).replace('{', () => `{"then":${JSON.stringify(yes)},`),
  )

const schema = sequenceSchema(noChecks)

/** As a playbook's steps are laid flat. */
export const parseSteps = (steps: readonly RawStep[]): readonly Step[] =>
  steps.length === 0 ? [] : schema.parse({ id: 'a', enter: { stage: 'interest' }, steps }).program
