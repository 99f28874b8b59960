import type { Columns } from './columns.ts'
import { countLeads, keysIn, scopeOf } from './count.ts'
import type { EmailFigures } from './report.ts'
import type { RowKind } from './row.ts'

/** What we and others add to a link so that a visit tells where it comes from. The rest of it stays. */
export const withoutCampaign = (link: string): string => {
  const address = new URL(link)
  // Spelled anew, whether something was added or not.
  address.search = new URLSearchParams(
    [...address.searchParams].filter(([name]) => !/^utm_/i.test(name)),
  ).toString()
  return address.href
}

/** People whom an email went to, and what they did with it, link by link. */
export interface EmailClicks extends EmailFigures {
  /** Those that were followed, the most followed first; `share`: of all people who followed any. */
  readonly links: readonly { readonly link: string; readonly people: number; readonly share: number }[]
}

interface AskedEmail {
  readonly email: string
  /** Absent: whatever asked for it. `broadcast.ID`: a broadcast. */
  readonly sequence?: string | undefined
}

/** The email of a key, and the link behind it. */
const partsOf = (
  key: string,
): { readonly sequence: string; readonly email: string; readonly link: string } => {
  const [name = '', link = ''] = key.split(' ')
  const slash = name.indexOf('/')
  return { sequence: name.slice(0, slash), email: name.slice(slash + 1), link }
}

/** The keys of rows of an email, or of all. @param followed absent: whichever link. */
export const keysOfEmail = (
  all: readonly Columns[],
  kind: RowKind,
  asked: { readonly [Name in keyof AskedEmail]?: AskedEmail[Name] | undefined },
  followed?: string,
): readonly string[] =>
  keysIn(all, kind).filter((key) => {
    const { sequence, email, link } = partsOf(key)
    const isOfSequence = asked.sequence === undefined || sequence === asked.sequence
    const isOfEmail = asked.email === undefined || email === asked.email
    return isOfEmail && isOfSequence && (followed === undefined || link === followed)
  })

/** Different people, over all time until `now` (RFC 3339). @param all each lead in one of them. */
export const emailClicks = (all: readonly Columns[], asked: AskedEmail, now: string): EmailClicks => {
  const scope = scopeOf(all, { from: Number.NEGATIVE_INFINITY, to: Date.parse(now) + 1 })
  const keysOf = (kind: RowKind): readonly string[] => keysOfEmail(all, kind, asked)
  const people = (kind: RowKind, keys = keysOf(kind)): number => countLeads(scope, [{ kind, keys }])[0] ?? 0
  const clicked = people('clicked')
  const links = [...Map.groupBy(keysOf('link'), (key) => partsOf(key).link)].map(([link, keys]) => ({
    link,
    people: people('link', keys),
  }))
  return {
    email: asked.email,
    ...{ sent: people('sent'), delivered: people('delivered'), opened: people('opened') },
    ...{ clicked, unsubscribed: people('unsubscribed') },
    links: links
      .map((one) => ({ ...one, share: clicked === 0 ? 0 : one.people / clicked }))
      .toSorted((a, b) => b.people - a.people || (a.link < b.link ? -1 : 1)),
  }
}
