import type { Fact } from '../activity/activity.ts'
import type { Json } from '../json.ts'

/** Of a name that came from outside this much is kept (characters). */
const longest = 100

/** Activities on a site of the company's, which say where a visit came from. */
const ofVisits = ['page.viewed', 'page.engaged', 'ad.clicked', 'ad.impression', 'form.submitted']

const text = (value: Json | undefined): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined

const fieldOf = ({ properties: { fields } }: Fact, name: string): string | undefined =>
  typeof fields === 'object' && fields !== null && !Array.isArray(fields) && name in fields
    ? text(Object.entries(fields).find(([field]) => field === name)?.[1])
    : undefined

const sourceIn = (fact: Fact): string | undefined =>
  text(fact.properties.source) ?? fieldOf(fact, 'source') ?? fieldOf(fact, 'utm_source')

/** Where somebody came from first: `utm_source`, else the site that led here, else `direct`. @param facts in order. */
export const sourceOf = (facts: readonly Fact[]): string => {
  const visits = facts.filter(({ type }) => ofVisits.includes(type))
  for (const fact of visits) {
    const source = sourceIn(fact) ?? text(fact.properties.referrer)
    if (source !== undefined) return source.slice(0, longest)
  }
  return 'direct'
}
