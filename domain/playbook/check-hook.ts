import type { Fault } from './fault.ts'
import { rawAt, rawList, rawText } from './raw.ts'
import type { YamlFile } from './yaml-file.ts'

const inherited = (yaml: YamlFile, rule: unknown, key: string): unknown =>
  rawAt(rule, key) ?? rawAt(yaml.root, 'defaults', key)

/** Without one that says whose a deal is, an activity about whoever the deal belongs to finds nobody, ever. */
const strangers = (yaml: YamlFile): readonly Fault[] => {
  const subjects = rawList(yaml.root, 'activities').map((rule) => ({
    subject: inherited(yaml, rule, 'subject'),
    dealId: rawAt(rule, 'properties', 'dealId') ?? rawAt(yaml.root, 'defaults', 'properties', 'dealId'),
  }))
  const isPerson = (subject: unknown): boolean =>
    rawAt(subject, 'email') !== undefined || rawAt(subject, 'leadId') !== undefined
  const teaches = subjects.some(
    ({ subject, dealId }) => isPerson(subject) && (rawAt(subject, 'dealId') ?? dealId) !== undefined,
  )
  const index = subjects.findIndex(
    ({ subject }) => rawAt(subject, 'dealId') !== undefined && !isPerson(subject),
  )
  if (teaches || index < 0) return []
  const own = rawAt(yaml.root, 'activities', index, 'subject') !== undefined
  return [
    yaml.fault(
      own ? ['activities', index, 'subject', 'dealId'] : ['defaults', 'subject', 'dealId'],
      'nothing here says whose deal it is: some activity must have email or leadId beside dealId',
      { at: 'key' },
    ),
  ]
}

/** An activity that takes the time of arrival takes its place in the order of arrival, which is not that of events. */
const timeless = (yaml: YamlFile): readonly Fault[] =>
  rawList(yaml.root, 'activities').flatMap((rule, index) =>
    rawText(rule, 'type')?.startsWith('deal.') && inherited(yaml, rule, 'occurredAt') === undefined
      ? [
          yaml.fault(
            ['activities', index, 'type'],
            '"occurredAt" is missing: deliveries that overtake each other move the deal in the wrong order',
            { severity: 'warning' },
          ),
        ]
      : [],
  )

/** What the schema of `hooks/<source>.yaml` cannot say. */
export const checkHook = (yaml: YamlFile): readonly Fault[] => [...strangers(yaml), ...timeless(yaml)]
