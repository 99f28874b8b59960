import type { Handoff } from './handoff.ts'

/** When and by whom a handoff was accepted, also where its deal is won or lost by now. */
export const acceptanceOf = ({
  answer,
}: Pick<Handoff, 'answer'>): { readonly at: string; readonly by: string } | undefined => {
  switch (answer.state) {
    case 'accepted':
      return { at: answer.at, by: answer.by }
    case 'won':
    case 'lost':
      return answer.accepted
    case 'requested':
    case 'rejected':
    case 'expired':
      return undefined
    default:
      return answer satisfies never
  }
}

/** The one that was accepted last. */
export const lastAccepted = (handoffs: readonly Handoff[]): Handoff | undefined =>
  handoffs
    .flatMap((handoff) => {
      const at = acceptanceOf(handoff)?.at
      return at === undefined ? [] : [{ handoff, at }]
    })
    .toSorted((one, other) => (one.at < other.at ? -1 : one.at > other.at ? 1 : 0))
    .at(-1)?.handoff
