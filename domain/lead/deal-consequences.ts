import type { Deal } from '../sales/deal.ts'
import type { DealStay } from '../sales/take-activity.ts'
import type { Consequence } from './consequences.ts'

const noDeals: readonly Deal[] = []

const stayed = (factId: string, { dealId, status, phase, wanted, because }: DealStay) =>
  [factId, { type: 'dealStayed', dealId, status, phase, wanted: wanted ?? null, because }] as const

/** What activities made of deals, and why one left its deal where it was. @param stays by fact id. */
export const dealConsequences = (
  deals: readonly Deal[] = noDeals,
  stays: ReadonlyMap<string, DealStay>,
): readonly (readonly [factId: string, Consequence])[] => [
  ...deals.flatMap(({ dealId, status, phases, value, reason, closedBy }) => [
    ...phases.map((entry, index): readonly [string, Consequence] => [
      entry.factId,
      {
        type: 'deal',
        dealId,
        from: phases[index - 1]?.phase ?? null,
        to: entry.phase,
        ...(entry.reason === undefined ? {} : { reason: entry.reason }),
      },
    ]),
    ...(closedBy === undefined
      ? []
      : [
          [
            closedBy,
            {
              type: status === 'won' ? 'dealWon' : 'dealLost',
              dealId,
              ...(status === 'won'
                ? { value: value?.amount ?? null, currency: value?.currency ?? null }
                : {}),
              ...(reason === undefined ? {} : { reason }),
            },
          ] as const,
        ]),
  ]),
  ...[...stays].map(([factId, stay]) => stayed(factId, stay)),
]
