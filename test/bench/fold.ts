import { Engine, type RuleProperties } from 'json-rules-engine'
import { foldLead } from '../../domain/lead/fold.ts'
import type { Fact } from '../../domain/model/activity.ts'
import type { Playbook } from '../../domain/model/playbook.ts'
import { compileRules } from '../../domain/rules/rules.ts'
import { loadPlaybook } from '../../lib/playbook/load-playbook.ts'
import type { Row } from './table.ts'

const activities = 100
const begin = Date.parse('2026-01-05T08:00:00.000Z')

const kinds: readonly (readonly [string, Fact['properties']])[] = [
  ['page.viewed', { path: '/' }],
  ['page.viewed', { path: '/pricing' }],
  ['page.engaged', { seconds: 75 }],
  ['content.viewed', {}],
  ['email.opened', { email: 'welcome' }],
  ['profile.updated', { fields: { country: 'DE', employees: 120 } }],
  ['content.downloaded', {}],
]

const log: readonly Fact[] = Array.from({ length: activities }, (_, index) => {
  const [type, properties] = kinds[index % kinds.length] ?? ['page.viewed', {}]
  const occurredAt = new Date(begin + index * 3_600_000).toISOString()
  return { id: `fact-${String(index).padStart(4, '0')}`, type, occurredAt, properties }
})

/** `where` of the shipped rules, as json-rules-engine words conditions. @throws for one that it could not be told. */
const conditionsOf = (where: string): object => {
  const parts = where.split(' || ').map((part) => {
    const compared = /^activity\.(\w+) (>=|<=) (\d+)$/.exec(part)
    if (compared) {
      const [, fact = '', sign, value] = compared
      return {
        fact,
        operator: sign === '>=' ? 'greaterThanInclusive' : 'lessThanInclusive',
        value: Number(value),
      }
    }
    const started = /^activity\.(\w+)\.startsWith\("([^"]*)"\)$/.exec(part)
    if (!started) throw new Error(`the other engine is not told: ${where}`)
    return { fact: started[1], operator: 'startsWith', value: started[2] }
  })
  return { any: parts }
}

/** The shipped engagement rules as json-rules-engine takes them: without caps and fading, which it does not have. */
const makeEngine = ({ scoring }: Playbook): Engine => {
  const engine = new Engine([], { allowUndefinedFacts: true })
  engine.addOperator(
    'startsWith',
    (fact, start) => typeof fact === 'string' && fact.startsWith(String(start)),
  )
  for (const { id, on, where } of scoring.engagement) {
    const type = { fact: 'type', operator: 'equal', value: on }
    const all = where === undefined ? [type] : [type, conditionsOf(where)]
    engine.addRule({ conditions: { all }, event: { type: id } } as RuleProperties)
  }
  return engine
}

const perSecond = async (seconds: number, work: () => unknown): Promise<number> => {
  const end = performance.now() + seconds * 1_000
  let rounds = 0
  const started = performance.now()
  while (performance.now() < end) {
    await work()
    rounds += 1
  }
  return (rounds * 1_000) / (performance.now() - started)
}

/** Whole leads of 100 activities under the shipped playbook on one core, beside json-rules-engine on the same rules. */
export const measureFold = async (): Promise<readonly Row[]> => {
  const { playbook } = await loadPlaybook('templates')
  if (!playbook) throw new Error('the shipped playbook has faults')
  const rules = compileRules(playbook)
  const engine = makeEngine(playbook)
  const now = new Date(begin + activities * 3_600_000).toISOString()
  const fold = () => foldLead(log, rules, now)
  const run = async () => {
    for (const { type, properties } of log) await engine.run({ type, ...properties })
  }
  await perSecond(0.5, fold)
  const folded = await perSecond(2, fold)
  const ran = await perSecond(2, run)
  return [
    { what: 'leads folded: score, funnel, consent, qualification', value: folded, unit: 'leads/s' },
    { what: 'json-rules-engine: scoring rules alone', value: ran, unit: 'leads/s' },
    { what: 'times as fast', value: folded / ran, unit: '×', aim: 'aim 20' },
  ]
}
