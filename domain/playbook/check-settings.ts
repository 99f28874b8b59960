import { compileCondition } from '../condition/compile-condition.ts'
import { stageMetrics } from '../kpi/metrics.ts'
import { type StageId, stageIds } from '../model/deal.ts'
import { didYouMean, didYouMeanOneOf } from '../model/did-you-mean.ts'
import { isRecord, rawAt, rawEntries, rawList, rawText } from '../model/raw.ts'
import { checkKinds } from './check-condition.ts'
import { checkGroups } from './check-sequence.ts'
import { checkCounting } from './contradictions.ts'
import type { Fault } from './fault.ts'
import type { Names } from './names.ts'
import type { EmailSource } from './parse-email.ts'
import { type ScoreBounds, whyUnreachable } from './reach.ts'
import type { YamlFile, YamlPath } from './yaml-file.ts'

const wording = (purpose: string, known: readonly string[]): string =>
  `settings.yaml has no purpose "${purpose}"${didYouMeanOneOf(purpose, known)}`

/** If the settings list purposes, everything that asks for or needs consent must use them. */
export const checkPurposes = (
  settings: YamlFile | undefined,
  forms: readonly YamlFile[],
  emails: readonly { readonly source: EmailSource }[],
): readonly Fault[] => {
  const known = rawEntries(settings?.root, 'purposes').map(([purpose]) => purpose)
  if (known.length === 0) return []
  const inForm = (yaml: YamlFile, path: YamlPath): readonly Fault[] => {
    const purpose = rawAt(yaml.root, ...path)
    return typeof purpose !== 'string' || known.includes(purpose) || purpose === 'tracking'
      ? []
      : [yaml.fault(path, wording(purpose, known))]
  }
  const missing = (yaml: YamlFile): readonly Fault[] =>
    rawText(yaml.root, 'consent') === 'none' ? [] : inForm(yaml, ['purpose'])
  return [
    ...forms.flatMap((yaml) => [...missing(yaml), ...inForm(yaml, ['optIn', 'purpose'])]),
    ...emails.flatMap(({ source: { file, purpose } }): Fault[] =>
      purpose === undefined || known.includes(purpose)
        ? []
        : [{ file, line: 1, column: 1, message: wording(purpose, known), severity: 'error' }],
    ),
  ]
}

/**
 * SES only sends from the sender domain or a subdomain.
 * @param emailDomain absent: the sender is verified by hand, and may be any.
 */
export const checkSender = (settings: YamlFile, emailDomain: string | undefined): readonly Fault[] => {
  const email = rawText(settings.root, 'sender', 'email')
  if (email === undefined || emailDomain === undefined || !email.includes('@')) return []
  const domain = email.slice(email.lastIndexOf('@') + 1).toLowerCase()
  const wanted = emailDomain.toLowerCase()
  if (domain === wanted || domain.endsWith(`.${wanted}`)) return []
  const message = `sending is set up for the domain ${wanted} (-c emailDomain): SES would reject emails from ${domain}`
  return [settings.fault(['sender', 'email'], message)]
}

const texts = (value: unknown): readonly string[] => {
  if (typeof value === 'string') return [value]
  return isRecord(value) || Array.isArray(value) ? Object.values(value).flatMap(texts) : []
}

/**
 * Hosts of the company's sites, as named in the settings and forms, which may still be invalid.
 * @param files `settings.yaml`, then the forms.
 */
export const ownHosts = ([settings, ...forms]: readonly unknown[]): readonly string[] => {
  const addresses = [
    rawAt(settings, 'company', 'imprint'),
    rawAt(settings, 'company', 'privacy'),
    rawAt(settings, 'brand', 'logo'),
    rawAt(settings, 'tracking', 'origins'),
    ...forms.flatMap((form) => [rawAt(form, 'thanks'), rawList(form, 'origins')]),
  ].flatMap(texts)
  return [
    ...new Set([
      ...addresses.flatMap((address) => URL.parse(address)?.host || []),
      ...texts(rawAt(settings, 'utm', 'hosts')),
    ]),
  ]
}

/** Entries of a list whose `key` repeats an earlier one. */
export const repeatedIds = (
  yaml: YamlFile,
  path: readonly (string | number)[],
  key: string,
): readonly Fault[] => {
  const seen = new Set<string>()
  return rawList(yaml.root, ...path).flatMap((entry, index) => {
    const id = rawText(entry, key)
    if (id === undefined || !seen.has(id)) {
      if (id !== undefined) seen.add(id)
      return []
    }
    return [yaml.fault([...path, index, key], `"${id}" is repeated: each ${key} must be unique`)]
  })
}

const isStage = (id: unknown): id is StageId => stageIds.some((stage) => stage === id)

const order = (yaml: YamlFile): readonly Fault[] => {
  const ids = rawList(yaml.root, 'stages').map((stage) => rawAt(stage, 'id'))
  const missing = stageIds.filter((stage) => !ids.includes(stage))
  const wrong = ids.findIndex((id, index) => isStage(id) && id !== stageIds[index])
  const misspelt = ids.filter((id) => !isStage(id)).length
  const faults = (misspelt >= missing.length ? [] : missing).map((stage) =>
    yaml.fault(['stages'], `the stage "${stage}" is missing`, { at: 'key' }),
  )
  const repeated = new Set(ids).size < ids.length
  if (missing.length === 0 && wrong >= 0 && !repeated)
    faults.push(
      yaml.fault(['stages', wrong, 'id'], `the stages must be in this order: ${stageIds.join(', ')}`),
    )
  return faults
}

const metrics = (yaml: YamlFile, index: number, id: StageId): readonly Fault[] => {
  const known = Object.keys(stageMetrics[id])
  return rawList(yaml.root, 'stages', index, 'metrics').flatMap((metric, place) =>
    typeof metric !== 'string' || known.includes(metric)
      ? []
      : [
          yaml.fault(
            ['stages', index, 'metrics', place],
            `"${metric}" is not a metric of the stage ${id} (${known.join(', ')})${didYouMean(metric, known)}`,
          ),
        ],
  )
}

const entry = (yaml: YamlFile, index: number, id: StageId, bounds: ScoreBounds): readonly Fault[] => {
  const path = ['stages', index]
  const enter = rawText(yaml.root, 'stages', index, 'enter')
  if (id === 'awareness')
    return rawAt(yaml.root, 'stages', index, 'enter') === undefined
      ? []
      : [
          yaml.fault(
            [...path, 'enter'],
            'every lead begins in the first stage, so it must not have a condition',
            {
              at: 'key',
            },
          ),
        ]
  if (enter === undefined)
    return rawAt(yaml.root, 'stages', index, 'enter') === undefined
      ? [yaml.fault([...path, 'id'], `"enter" is missing: the stage "${id}" can never be reached`)]
      : []
  const why = whyUnreachable(enter, id, bounds)
  return why === undefined
    ? []
    : [
        yaml.fault([...path, 'enter'], `the stage "${id}" can never be reached: ${why.message}`, {
          offset: why.offset,
        }),
      ]
}

/** Checks beyond the schema of `funnel.yaml`: the order of stages, their metrics, and that each can be reached. */
export const checkFunnel = (yaml: YamlFile, bounds: ScoreBounds): readonly Fault[] => [
  ...order(yaml),
  ...repeatedIds(yaml, ['stages'], 'id'),
  ...rawList(yaml.root, 'stages').flatMap((stage, index) => {
    const id = rawAt(stage, 'id')
    return isStage(id) ? [...metrics(yaml, index, id), ...entry(yaml, index, id, bounds)] : []
  }),
]

const inherited = (yaml: YamlFile, rule: unknown, key: string): unknown =>
  rawAt(rule, key) ?? rawAt(yaml.root, 'defaults', key)

/** Activities about a deal need another activity that links the deal to a person. */
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
      'no activity links the deal to a person: one needs email or leadId beside dealId',
      { at: 'key' },
    ),
  ]
}

/** An activity without a time is ordered by arrival, which may differ from the order of events. */
const timeless = (yaml: YamlFile): readonly Fault[] =>
  rawList(yaml.root, 'activities').flatMap((rule, index) =>
    rawText(rule, 'type')?.startsWith('deal.') && inherited(yaml, rule, 'occurredAt') === undefined
      ? [
          yaml.fault(
            ['activities', index, 'type'],
            '"occurredAt" is missing: deliveries out of order would move the deal in the wrong order',
            { severity: 'warning' },
          ),
        ]
      : [],
  )

/** Checks beyond the schema of `hooks/<source>.yaml`. */
export const checkHook = (yaml: YamlFile): readonly Fault[] => [...strangers(yaml), ...timeless(yaml)]

const ofTheScore = ['score', 'fit', 'engagement', 'band', 'grade', 'stage']

/** A fit rule cannot depend on the score that it contributes to. */
const circular = (yaml: YamlFile): readonly Fault[] =>
  rawList(yaml.root, 'fit').flatMap((rule, index) => {
    const result = compileCondition(rawText(rule, 'when') ?? '', 'lead')
    if (result.type === 'fault') return []
    return result.condition.mentions.variables
      .filter(({ name }) => ofTheScore.includes(name) && name !== 'stage')
      .map(({ name, offset }) =>
        yaml.fault(['fit', index, 'when'], `a fit rule is part of the score and cannot depend on "${name}"`, {
          offset,
        }),
      )
  })

/** `unknown` needs a condition that mentions an attribute. */
const nothingUnknown = (yaml: YamlFile): readonly Fault[] =>
  rawList(yaml.root, 'fit').flatMap((rule, index) => {
    const result = compileCondition(rawText(rule, 'when') ?? '', 'lead')
    return rawAt(rule, 'unknown') === undefined ||
      result.type === 'fault' ||
      result.condition.mentions.attributes.length > 0
      ? []
      : [
          yaml.fault(['fit', index, 'unknown'], 'the condition mentions no attribute', {
            at: 'key',
          }),
        ]
  })

const bands = (yaml: YamlFile): readonly Fault[] => {
  const floors = rawEntries(yaml.root, 'bands').filter(([, floor]) => typeof floor === 'number')
  const repeated = floors.flatMap(([band, floor], index) => {
    const earlier = floors.slice(0, index).find(([, other]) => other === floor)?.[0]
    return earlier === undefined
      ? []
      : [
          yaml.fault(
            ['bands', band],
            `"${band}" begins where "${earlier}" does: each band needs its own floor`,
          ),
        ]
  })
  const hasFloor = floors.some(([, floor]) => floor === 0)
  return hasFloor || rawAt(yaml.root, 'bands') === undefined
    ? repeated
    : [
        ...repeated,
        yaml.fault(['bands'], 'one band must begin at 0, for leads without points', { at: 'key' }),
      ]
}

/** Fit and engagement rules share one list in explanations, so their ids must differ. */
const sharedIds = (yaml: YamlFile): readonly Fault[] => {
  const fit = new Set(rawList(yaml.root, 'fit').map((rule) => rawText(rule, 'id')))
  return rawList(yaml.root, 'engagement').flatMap((rule, index) => {
    const id = rawText(rule, 'id')
    return id !== undefined && fit.has(id)
      ? [yaml.fault(['engagement', index, 'id'], `"${id}" is a fit rule already: each rule has its own id`)]
      : []
  })
}

/** Checks beyond the schema of `scoring.yaml`. */
export const checkScoring = (yaml: YamlFile, names: Names): readonly Fault[] => [
  ...repeatedIds(yaml, ['fit'], 'id'),
  ...repeatedIds(yaml, ['engagement'], 'id'),
  ...sharedIds(yaml),
  ...circular(yaml),
  ...nothingUnknown(yaml),
  ...checkKinds(yaml, names),
  ...checkCounting(yaml),
  ...checkGroups(yaml),
  ...bands(yaml),
]
