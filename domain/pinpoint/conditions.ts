import type {
  AttributeDimension,
  EventDimensions,
  PinpointExport,
  Segment,
  SegmentDimensions,
  SetDimension,
  SimpleCondition,
} from './export.ts'
import { activityTypeOf, attributeName, momentOf, slug } from './names.ts'
import type { Tell } from './report.ts'

/** Where a condition stands, and what it may refer to. */
export interface Surroundings extends Pick<PinpointExport, 'segments'> {
  /** Email of the playbook that an activity of the journey sends. */
  readonly emailOf: (activity: string) => string | undefined
  /** Attributes that some endpoint has several values of; the import file joins them. */
  readonly several: ReadonlySet<string>
  readonly tell: Tell
}

/** A condition before it is written. `nobody`: what nobody fulfils, negated or not, since it has no equal here. */
type Node =
  | { readonly type: 'all' | 'any'; readonly parts: readonly Node[] }
  | { readonly type: 'not'; readonly part: Node }
  | { readonly type: 'leaf'; readonly cel: string; readonly attribute?: string }
  | { readonly type: 'nobody' }

const everybody: Node = { type: 'all', parts: [] }
const nobody: Node = { type: 'nobody' }
const all = (parts: readonly Node[]): Node => ({ type: 'all', parts })
const any = (parts: readonly Node[]): Node => ({ type: 'any', parts })
const not = (part: Node): Node => ({ type: 'not', part })
const leaf = (cel: string): Node => ({ type: 'leaf', cel })
const ofLead = (attribute: string, cel: string): Node => ({ type: 'leaf', cel, attribute })

const asksNothing = (node: Node): boolean =>
  node.type === 'all' || node.type === 'any'
    ? node.parts.every(asksNothing)
    : node.type === 'not' && asksNothing(node.part)

const bracketed = (part: string): string => (/&&|\|\|/.test(part) ? `(${part})` : part)

/** A part that needs an attribute which is not there is false, and so is its opposite: the opposite asks for that too. */
const writeLeaf = (cel: string, attribute: string | undefined, isNegated: boolean): string => {
  if (!isNegated) return cel
  if (attribute !== undefined) return `!has(lead.${attribute}) || !(${cel})`
  return `!${cel}`
}

const write = (node: Node, isNegated: boolean): string => {
  switch (node.type) {
    case 'nobody':
      return 'false'
    case 'leaf':
      return writeLeaf(node.cel, node.attribute, isNegated)
    case 'not':
      return write(node.part, !isNegated)
    case 'all':
    case 'any': {
      const asked = node.parts.filter((part) => !asksNothing(part)).map((part) => write(part, isNegated))
      const parts = [...new Set(asked)]
      const operator = (node.type === 'all') === isNegated ? ' || ' : ' && '
      return parts.length < 2 ? (parts[0] ?? '') : parts.map(bracketed).join(operator)
    }
    default:
      return node satisfies never
  }
}

const text = (value: string): string => JSON.stringify(value)

const numeric: ReadonlySet<string> = new Set(['employees', 'rating'])

/** Imported values are texts, those of programs may be numbers. */
const asNumber = (name: string): string => `double(lead.${name})`

const containing = (name: string, values: readonly string[]): Node =>
  any(values.map((value) => ofLead(name, `lead.${name}.contains(${text(value)})`)))

/** One of these values; an attribute with several values contains one of them. */
const among = (name: string, values: readonly string[], { several }: Surroundings): Node => {
  if (values.length === 0) return everybody
  if (several.has(name)) return containing(name, values)
  if (numeric.has(name) && values.every((value) => Number.isFinite(Number(value))))
    return any(values.map((value) => ofLead(name, `${asNumber(name)} == ${Number(value)}`)))
  return values.length === 1
    ? ofLead(name, `lead.${name} == ${text(values[0] ?? '')}`)
    : ofLead(name, `lead.${name} in [${values.map(text).join(', ')}]`)
}

const ofSet = (name: string, { DimensionType, Values }: SetDimension, at: Surroundings): Node =>
  DimensionType === 'EXCLUSIVE' ? not(among(name, Values, at)) : among(name, Values, at)

/** Dates are compared as texts, which RFC 3339 in UTC allows. */
const ofDates = (name: string, type: string, values: readonly string[]): Node => {
  const [first = '', second = first] = values.map((value) => momentOf(value) ?? value)
  const compared = (operator: string, value: string) =>
    ofLead(name, `lead.${name} ${operator} ${text(value)}`)
  if (type === 'BETWEEN') return all([compared('>=', first), compared('<=', second)])
  if (type === 'ON') return ofLead(name, `lead.${name}.startsWith(${text(first.slice(0, 10))})`)
  return compared(type === 'BEFORE' ? '<' : '>', first)
}

const ofAttribute = (
  written: string,
  { AttributeType, Values }: AttributeDimension,
  at: Surroundings,
): Node => {
  const name = attributeName(written)
  switch (AttributeType) {
    case 'INCLUSIVE':
      return among(name, Values, at)
    case 'EXCLUSIVE':
      return not(among(name, Values, at))
    case 'CONTAINS':
      return containing(name, Values)
    case 'BEFORE':
    case 'AFTER':
    case 'ON':
    case 'BETWEEN':
      at.tell('changed', `"${written}" is compared as a date: write it as 2026-03-01T09:00:00.000Z`)
      return ofDates(name, AttributeType, Values)
    default:
      at.tell(
        'lost',
        `"${written}" is compared by ${AttributeType}, which is not known here: nobody fulfils it`,
      )
      return nobody
  }
}

const comparisons: Readonly<Record<string, string>> = {
  ...{
    EQUAL: '==',
    GREATER_THAN: '>',
    GREATER_THAN_OR_EQUAL: '>=',
    LESS_THAN: '<',
    LESS_THAN_OR_EQUAL: '<=',
  },
}

const ofMetric = (written: string, comparison: string, value: number, { tell }: Surroundings): Node => {
  const [name, operator] = [attributeName(written), comparisons[comparison]]
  if (operator !== undefined) return ofLead(name, `${asNumber(name)} ${operator} ${value}`)
  tell('lost', `"${written}" is compared by ${comparison}, which is not known here: nobody fulfils it`)
  return nobody
}

const durations: Readonly<Record<string, string>> = {
  ...{ HR_24: '24h', DAY_7: '7d', DAY_14: '14d', DAY_30: '30d' },
}

const ofBehaviour = (behaviour: SegmentDimensions['Behavior'], { tell }: Surroundings): Node => {
  const recency = behaviour?.Recency
  if (!recency) return everybody
  tell('changed', 'activity in an app is asked for as did("session.start"): let the app send that activity')
  const did = leaf(`did("session.start", ${text(durations[recency.Duration] ?? '30d')})`)
  return recency.RecencyType === 'INACTIVE' ? not(did) : did
}

/** All that is asked of an endpoint. */
const ofDimensions = (dimensions: SegmentDimensions, at: Surroundings): Node => {
  const { Attributes, UserAttributes, Metrics, Behavior, Demographic, Location } = dimensions
  if (Location?.GPSPoint) at.tell('lost', 'a distance from a point on the map: nobody fulfils it')
  const { Channel, ...devices } = Demographic ?? {}
  if (Channel && !Channel.Values.includes('EMAIL'))
    at.tell('changed', `the channel ${Channel.Values.join(', ')} is not asked for: a lead is a person`)
  return all([
    ...Object.entries({ ...UserAttributes, ...Attributes }).map(([name, one]) => ofAttribute(name, one, at)),
    ...Object.entries(Metrics ?? {}).map(([name, one]) =>
      ofMetric(name, one.ComparisonOperator, one.Value, at),
    ),
    ofBehaviour(Behavior, at),
    ...Object.entries(devices).map(([name, one]) => (one ? ofSet(attributeName(name), one, at) : everybody)),
    Location?.Country ? ofSet('country', Location.Country, at) : everybody,
    Location?.GPSPoint ? nobody : everybody,
  ])
}

/** The attribute that marks whom the import file found in an imported segment's export. */
export const memberAttribute = ({ Id, Name }: Segment): string =>
  `in_${slug(Name ?? Id, 60).replaceAll('-', '_')}`

const combined = (type: string | null | undefined, parts: readonly Node[]): Node => {
  if (type === 'NONE') return not(any(parts))
  return type === 'ANY' ? any(parts) : all(parts)
}

const ofGroups = (
  groups: NonNullable<Segment['SegmentGroups']>,
  seen: ReadonlySet<string>,
  at: Surroundings,
): Node =>
  combined(
    groups.Include,
    (groups.Groups ?? []).map(({ Dimensions, SourceSegments, SourceType, Type }) =>
      all([
        combined(
          SourceType ?? 'ANY',
          (SourceSegments ?? []).map(({ Id }) => ofSegment(Id, seen, at)),
        ),
        combined(
          Type,
          (Dimensions ?? []).map((one) => ofDimensions(one, at)),
        ),
      ]),
    ),
  )

const ofSegment = (id: string, seen: ReadonlySet<string>, at: Surroundings): Node => {
  const segment = at.segments.get(id)
  if (!segment || seen.has(id)) {
    at.tell('lost', `the segment ${id} is not in the export: nobody belongs to it`)
    return nobody
  }
  if (segment.SegmentType === 'IMPORT') {
    const member = memberAttribute(segment)
    at.tell(
      'changed',
      `"${segment.Name ?? id}" is an imported list: to it belongs who has the attribute ${member}, which the import file sets for the endpoints in a folder named ${id}`,
    )
    return ofLead(member, `lead.${member} == "yes"`)
  }
  const within = new Set([...seen, id])
  return all([
    segment.Dimensions ? ofDimensions(segment.Dimensions, at) : everybody,
    segment.SegmentGroups ? ofGroups(segment.SegmentGroups, within, at) : everybody,
  ])
}

/** Who belongs to a segment. @returns empty where everybody does. */
export const segmentCondition = (id: string, at: Surroundings): string =>
  write(ofSegment(id, new Set(), at), false)

const ofEmail = (event: string, activity: string | null | undefined, at: Surroundings): Node | undefined => {
  if (event !== '_email.open' && event !== '_email.click') return undefined
  const email = activity ? at.emailOf(activity) : undefined
  if (email === undefined) return undefined
  return leaf(event === '_email.open' ? `opened(${text(email)})` : `clicked(${text(email)})`)
}

/** Whether one of these events happened. */
const ofEvents = (
  { EventType, Attributes, Metrics }: EventDimensions,
  activity: string | null | undefined,
  at: Surroundings,
): Node => {
  const events = EventType?.Values ?? []
  if (Object.keys({ ...Attributes, ...Metrics }).length > 0)
    at.tell(
      'lost',
      `what is asked of the properties of ${events.join(', ')}: a condition asks for the activity, whatever its properties`,
    )
  const happened = any(
    events.map((event) => {
      const own = ofEmail(event, activity, at)
      if (own === undefined && activity && event.startsWith('_email.'))
        at.tell('changed', `${event} of one email is asked of any email`)
      return own ?? leaf(`did(${text(activityTypeOf(event))})`)
    }),
  )
  return EventType?.DimensionType === 'EXCLUSIVE' ? not(happened) : happened
}

const ofSimple = (
  { EventCondition, SegmentCondition, SegmentDimensions }: SimpleCondition,
  at: Surroundings,
): Node =>
  all([
    EventCondition?.Dimensions
      ? ofEvents(EventCondition.Dimensions, EventCondition.MessageActivity, at)
      : everybody,
    SegmentCondition ? ofSegment(SegmentCondition.SegmentId, new Set(), at) : everybody,
    SegmentDimensions ? ofDimensions(SegmentDimensions, at) : everybody,
  ])

/** The conditions of a split. @returns empty where they ask for nothing. */
export const conditionOf = (
  conditions: readonly SimpleCondition[],
  operator: string | null | undefined,
  at: Surroundings,
): string =>
  write(
    combined(
      operator,
      conditions.map((one) => ofSimple(one, at)),
    ),
    false,
  )
