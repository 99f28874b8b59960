import { hashText } from '../model/hash-text.ts'
import { variantId } from '../model/playbook.ts'
import type { Step } from '../model/sequence.ts'
import { inRow, type Laid, one, type StepKind } from './step-kind.ts'

/**
 * Which of `ways` a run takes at the split `name`: the same one each time it is asked, spread over runs by their shares.
 * @param ways shares in percent; absent: equal ones.
 */
export const splitWay = (
  runId: string,
  name: string,
  ways: readonly { readonly id?: string; readonly share?: number }[],
): number => {
  const shares = ways.map(({ share = 1 }) => share)
  let left =
    hashText(`${runId}\u0000${name}`) %
    Math.max(
      1,
      shares.reduce((sum, share) => sum + share, 0),
    )
  return shares.findIndex((share) => {
    left -= share
    return left < 0
  })
}

interface Way {
  readonly id: string
  readonly share?: number
  readonly steps: Laid
}

/** Each way is followed by a jump past the last one, which needs none. */
const laySplit = (name: string, ways: readonly Way[]): Laid => ({
  size: ways.reduce((sum, { steps }) => sum + steps.size + 1, 0),
  from: (at) => {
    let start = at + 1
    const placed = ways.map((way) => {
      const goto = start
      start += way.steps.size + 1
      return { ...way, goto }
    })
    const past = start - 1
    return [
      { type: 'split', name, ways: placed.map(({ steps: _, ...way }) => way) },
      ...placed.flatMap(({ goto, steps }, index): Step[] => [
        ...steps.from(goto),
        ...(index === placed.length - 1 ? [] : [{ type: 'jump' as const, goto: past }]),
      ]),
    ]
  },
})

/** Why the variants of an email cannot be split so. */
const wrongVariants = (
  { email, shares }: { readonly email: string; readonly shares?: Readonly<Record<string, number>> },
  variants: readonly string[],
): { readonly message: string; readonly path: string[] } | undefined => {
  if (variants.length < 2)
    return { message: `"${email}" has no variants: its front matter names them`, path: ['email'] }
  if (shares === undefined) return undefined
  const given = Object.keys(shares)
  if (variants.some((one) => !given.includes(one)) || given.length > variants.length)
    return { message: `give each of ${variants.join(', ')} its share, and no other`, path: ['shares'] }
  const sum = Object.values(shares).reduce((total, share) => total + share, 0)
  return sum === 100
    ? undefined
    : { message: `the shares add up to ${sum} percent, not to 100`, path: ['shares'] }
}

export const split: StepKind<'split'> = {
  written: {
    step: ({ z, object, id, steps, email, variantsOf }) => {
      const share = z
        .int()
        .min(1)
        .max(99)
        .describe('Percent of the leads that go this way; absent: all ways get the same')
      const way = z.union([
        steps.transform((laid) => ({ steps: inRow(laid) })),
        object({ share: share.exactOptional(), steps }).transform((given) => ({
          ...given,
          steps: inRow(given.steps),
        })),
      ])
      const byWays = object({ name: id, ways: z.record(id, way) }).transform(({ name, ways }) =>
        laySplit(
          name,
          Object.entries(ways).map(([way, laid]) => ({ id: way, ...laid })),
        ),
      )
      const byVariants = object({
        name: id,
        email: email.describe(
          'One email: each way sends a variant that its front matter names, "main" being itself',
        ),
        shares: z
          .record(id, share)
          .exactOptional()
          .describe('Percent of the leads by variant: { main: 80, short: 20 }; absent: all get the same'),
      })
        .superRefine((given, context) => {
          const message = wrongVariants(given, variantsOf(given.email))
          if (message !== undefined) context.addIssue({ code: 'custom', ...message })
        })
        .transform(({ name, email: sent, shares }) =>
          laySplit(
            name,
            variantsOf(sent).map((variant) => ({
              id: variant,
              ...(shares?.[variant] !== undefined && { share: shares[variant] }),
              steps: one({ type: 'email', email: variantId(sent, variant) }),
            })),
          ),
        )
      return object({ split: z.union([byWays, byVariants]) }).transform(({ split: laid }) => laid)
    },
  },
  take: ({ name, ways }, { runId }) => {
    const way = ways[splitWay(runId, name, ways)]
    if (!way) throw new Error(`split ${name} has no ways`)
    return {
      published: { name, way: way.id },
      way: { split: name, id: way.id },
      go: { type: 'goto', step: way.goto },
    }
  },
  ways: ({ ways }) => ways.map(({ id, goto }) => ({ to: goto, name: id, isOpen: true })),
  uses: () => ({}),
  words: ({ name }) => `splits: ${name}`,
  narrate: ({ text }) => `takes way ${text('way')} of ${text('name')}`,
  coming: ({ name, ways }, { runId, from, itself }) => {
    const way = ways[splitWay(runId, name, ways)]
    return way ? from(way.goto) : itself()
  },
  migrated: undefined,
}
