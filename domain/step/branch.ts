import { inRow, next, one, type StepKind } from './step-kind.ts'

/** Named apart: an object literal with this key would look like a promise to tools. */
const yes = 'then'

export const branch: StepKind<'branch'> = {
  written: {
    step: ({ object, condition, steps }) =>
      object({ if: condition, [yes]: steps, else: steps.exactOptional() }).transform((step) => {
        const [held, other] = [inRow(step[yes]), inRow(step.else ?? [])]
        const pastOther = other.size === 0 ? 0 : 1
        return {
          size: 1 + held.size + pastOther + other.size,
          from: (at) => {
            const otherwise = at + 1 + held.size + pastOther
            return [
              { type: 'branch', if: step.if, otherwise },
              ...held.from(at + 1),
              ...one({ type: 'jump', goto: otherwise + other.size })
                .from(at)
                .slice(0, pastOther),
              ...other.from(otherwise),
            ]
          },
        }
      }),
  },
  take: (step, { lead }) => {
    const holds = lead.holds(step.if)
    return { published: { holds }, go: holds ? next : { type: 'goto', step: step.otherwise } }
  },
  ways: (step, index) => [
    { to: index + 1, name: 'yes', isOpen: true },
    { to: step.otherwise, name: 'no', isOpen: true },
  ],
  uses: (step) => ({ conditions: [step.if] }),
  words: (step) => `decides by ${step.if}`,
  narrate: ({ text, line }, step) => `${step ? line(step.if) : 'its condition'} is ${text('holds')}`,
  coming: (step, { index, enough, along, itself }) => {
    if (enough) return itself()
    const [held, other] = [along(index + 1), along(step.otherwise)]
    return {
      words: `where ${step.if}: ${held.words}; else: ${other.words}`,
      emails: [...new Set([...held.emails, ...other.emails])],
    }
  },
  migrated: undefined,
}

/** Behind one of several ways, past the others. */
export const jump: StepKind<'jump'> = {
  written: undefined,
  take: (step) => ({ go: { type: 'goto', step: step.goto } }),
  ways: (step) => [{ to: step.goto }],
  uses: () => ({}),
  words: () => 'goes on',
  narrate: () => undefined,
  coming: (step, { from }) => from(step.goto),
  migrated: undefined,
}
