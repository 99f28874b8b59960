import {
  compileEventExpression,
  compileEventTest,
  type EventExpression,
  type EventTest,
} from '../condition/compile-event.ts'
import type { Hook, HookActivity, HookSubject } from './hook.ts'

export interface CompiledHookActivity {
  readonly when?: EventTest
  readonly type: string
  readonly id?: EventExpression
  /** In the order in which they are asked. */
  readonly subject: readonly { readonly kind: keyof HookSubject; readonly of: EventExpression }[]
  readonly occurredAt?: EventExpression
  readonly properties: readonly (readonly [name: string, of: EventExpression])[]
}

export interface CompiledHook {
  readonly hook: Hook
  readonly activities: readonly CompiledHookActivity[]
  /** Some activity is about whoever a deal belongs to: then it is kept whose each deal is. */
  readonly followsDeals: boolean
}

const expression = (source: string): EventExpression => {
  const compiled = compileEventExpression(source)
  if (compiled.type === 'fault') throw new Error(`unchecked expression: ${source}: ${compiled.message}`)
  return compiled.made
}

const test = (source: string): EventTest => {
  const compiled = compileEventTest(source)
  if (compiled.type === 'fault') throw new Error(`unchecked condition: ${source}: ${compiled.message}`)
  return compiled.made
}

const kinds = ['leadId', 'email', 'dealId'] as const

const subjectOf = (subject: HookSubject): CompiledHookActivity['subject'] =>
  kinds.flatMap((kind) => {
    const source = subject[kind]
    return source === undefined ? [] : [{ kind, of: expression(source) }]
  })

const compileActivity = ({
  when,
  type,
  id,
  subject,
  occurredAt,
  properties,
}: HookActivity): CompiledHookActivity => ({
  ...(when !== undefined && { when: test(when) }),
  type,
  ...(id !== undefined && { id: expression(id) }),
  subject: subjectOf(subject),
  ...(occurredAt !== undefined && { occurredAt: expression(occurredAt) }),
  properties: Object.entries(properties).map(([name, source]) => [name, expression(source)] as const),
})

/** @throws Error when an expression does not compile: a playbook is checked before it becomes one. */
export const compileHook = (hook: Hook): CompiledHook => ({
  hook,
  activities: hook.activities.map(compileActivity),
  followsDeals: hook.activities.some(({ subject }) => 'dealId' in subject),
})
