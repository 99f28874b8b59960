import type { Figures, Stream } from './sending-figures.ts'

/**
 * From where on SES puts an account under review (bounces 5 %, complaints 0.1 %), and the least number of mails that a
 * rate is taken of: one bounce of ten mails says nothing, six do.
 * @see https://docs.aws.amazon.com/ses/latest/dg/reputationdashboardmessages.html
 */
export const sendingLimits = {
  marketing: { bounces: { rate: 0.05, base: 100 }, complaints: { rate: 0.001, base: 1_000 } },
  // Whoever types an address makes mistakes; SES counts it all together, and stops an account at twice of what it reviews.
  confirmations: { bounces: { rate: 0.1, base: 100 }, complaints: { rate: 0.002, base: 1_000 } },
} as const satisfies Record<Stream, object>

export type TooMany = 'bounces' | 'complaints'

const rateOf = (count: number, sent: number, { base }: { readonly base: number }): number =>
  count / Math.max(sent, base)

/** Shares of the mails sent, or of the least base where fewer were. */
export const sendingRates = ({ sent, bounced, complained }: Figures, stream: Stream = 'marketing') => ({
  bounces: rateOf(bounced, sent, sendingLimits[stream].bounces),
  complaints: rateOf(complained, sent, sendingLimits[stream].complaints),
})

/** What has passed its limit; undefined when sending may go on. At the limit it may. */
export const judgeSending = (figures: Figures, stream: Stream = 'marketing'): TooMany | undefined => {
  const rates = sendingRates(figures, stream)
  const { bounces, complaints } = sendingLimits[stream]
  if (rates.complaints > complaints.rate) return 'complaints'
  return rates.bounces > bounces.rate ? 'bounces' : undefined
}
