import { useQuery } from '@tanstack/preact-query'
import type { EmailClicks } from '../../domain/kpi/email-clicks.ts'
import { read, withQuery } from './api.ts'

/** As the figures name a link: without what is added for campaigns. */
export const withoutCampaign = (link: string): string => {
  const address = new URL(link)
  const kept = [...address.searchParams].filter(([name]) => !/^utm_/i.test(name))
  address.search = new URLSearchParams(kept).toString()
  return address.href
}

/** Who followed which link of an email. @param sequence absent: whatever asked for it. */
export const useClicks = (email: string, sequence?: string) =>
  useQuery({
    queryKey: ['emails', email, 'clicks', sequence],
    queryFn: ({ signal }) =>
      read<EmailClicks>(withQuery(`/api/emails/${encodeURIComponent(email)}/clicks`, { sequence }), signal),
  })
