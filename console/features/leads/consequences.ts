import type { TimelineEntry } from '../../../domain/lead/timeline.ts'
import type { StageId } from '../../../domain/model/deal.ts'
import { decimalText, exactTime, moneyText, scoreText } from '../../lib/format.ts'
import { t, whyNotSent, words } from '../../lib/texts.ts'

type Consequence = TimelineEntry['followed'][number]

const text = (value: unknown): string => (typeof value === 'string' ? value : '')
const number = (value: unknown): number => (typeof value === 'number' ? value : 0)
const stage = (value: unknown): string => words.stages[text(value) as StageId] ?? text(value)
const phase = (value: unknown): string =>
  words.phases[text(value) as keyof typeof words.phases] ?? text(value)

const dealWords = (followed: Consequence): string => {
  const { followed: told } = t.leads
  const { type, from, to, reason, value, currency } = followed
  if (type === 'dealLost') return told.lost(text(reason))
  if (type === 'dealWon') return told.won(value && currency ? moneyText(text(value), text(currency)) : '')
  if (type === 'dealStayed') return told.stayed
  return from ? told.phase(phase(to)) : told.dealOpened(phase(to))
}

/** What came of an activity, in words; undefined for what says nothing to a reader. @param labels of rules, by id */
export const wordsOf = (
  followed: Consequence,
  labels: Readonly<Record<string, string>>,
): string | undefined => {
  const { followed: told } = t.leads
  switch (followed.type) {
    case 'points': {
      const points = number(followed.points)
      const rule = text(followed.rule)
      return told.points(
        `${points > 0 ? '+' : ''}${decimalText(points)}`,
        labels[rule] ?? rule.replaceAll(/[-_]/g, ' '),
      )
    }
    case 'stage':
      return told.stage(stage(followed.to))
    case 'band':
      return told.band(text(followed.to), text(followed.grade))
    case 'qualified':
      return told.qualified(scoreText(number(followed.score)))
    case 'recycled':
      return followed.pausedUntil ? told.recycledUntil(exactTime(text(followed.pausedUntil))) : told.recycled
    case 'closed':
      return told.closed
    case 'consent':
      return told.consent(
        text(followed.purpose),
        told.consents[text(followed.status)] ?? text(followed.status),
      )
    case 'confirmation':
      return told.confirmation
    case 'suppressed':
      return told.suppressed(whyNotSent(text(followed.reason)))
    case 'deal':
    case 'dealWon':
    case 'dealLost':
    case 'dealStayed':
      return dealWords(followed)
    case 'withdrew':
      return told.withdrew
    case 'merged':
      return told.merged
    case 'unmerged':
      return told.unmerged
    default:
      return undefined
  }
}

/** Properties by which one knows what an activity was about, best first. */
const telling = [
  ...['title', 'name', 'content', 'webinar', 'path', 'url', 'email', 'form', 'campaign', 'channel'],
  ...['rating', 'seconds', 'reason', 'outcome', 'note', 'orderId', 'proposalId', 'phase'],
]

const tellingWords = (type: string, name: string, value: unknown): string | readonly string[] => {
  if (typeof value === 'number') return decimalText(value)
  if (typeof value !== 'string' || value === '') return []
  const { channels }: { readonly channels: Readonly<Record<string, string>> } = t.log
  if (name === 'channel') return channels[value] ?? value
  return name === 'reason' && type.startsWith('email.') ? whyNotSent(value) : value
}

/** "/pricing", "welcome", "Asked for more time": what an activity was about; empty where nothing tells. */
export const aboutOf = ({ type, properties }: TimelineEntry): string => {
  const { amount, currency, needs, purpose } = properties
  if ((typeof amount === 'string' || typeof amount === 'number') && typeof currency === 'string')
    return moneyText(String(amount), currency)
  if (Array.isArray(needs)) return needs.join('; ')
  // Agreed to with a form, it is still the purpose that somebody wants to know.
  if (type.startsWith('consent.') && typeof purpose === 'string') return purpose
  return telling
    .flatMap((name) => tellingWords(type, name, properties[name]))
    .slice(0, 2)
    .join(', ')
}

/** Why an activity does not count, or not yet. */
export const leftOutWords = ({ leftOut }: TimelineEntry): string | undefined =>
  leftOut && t.leads.leftOut[leftOut.type]
