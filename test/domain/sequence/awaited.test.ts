import { expect, test } from 'vitest'
import { decide } from '../../../domain/lead/decide.ts'
import { foldLead } from '../../../domain/lead/fold.ts'
import { type Fact, factsOfImport, newsImportId } from '../../../domain/model/activity.ts'
import type { Sequence } from '../../../domain/model/sequence.ts'
import { compileRules } from '../../../domain/rules/rules.ts'
import { decideAwaited, markNoNews, mayBegin } from '../../../domain/sequence/awaited.ts'
import { fact, leadId, leadIdOf, stored } from '../support/facts.ts'
import { makePlaybook } from '../support/make-playbook.ts'

const steps: Pick<Sequence, 'version' | 'reenter' | 'program'> = {
  version: 'v1',
  reenter: 'never',
  program: [],
}
const sequences: Readonly<Record<string, Sequence>> = {
  met: { id: 'met', enter: { stage: 'awareness' }, audience: 'consented', ...steps },
  welcome: { id: 'welcome', enter: { stage: 'interest' }, exit: 'stageAtLeast("consideration")', ...steps },
  attended: { id: 'attended', enter: { activity: 'webinar.attended' }, audience: 'consented', ...steps },
  goal: { id: 'goal', enter: { stage: 'purchase' }, goal: 'did("quote.requested")', ...steps },
  large: { id: 'large', enter: { when: 'lead.employees >= 100' }, audience: 'consented', ...steps },
}
const rules = compileRules(makePlaybook({ sequences }))
const now = '2026-03-02T10:00:00.000Z'

const viewed = fact('v', 'page.viewed', '03-02T09:00')
const subscribed = fact('s', 'newsletter.subscribed', '03-02T09:10')
const consented = fact('c', 'consent.granted', '03-02T08:00', { purpose: 'newsletter' })

const leadOf = (facts: readonly Fact[], mayRun = true) => ({
  leadId,
  mayRun,
  state: stored(foldLead(facts, rules)),
})
const none = { facts: [], whole: false }

/** What a new lead with these facts decides about sequences: the names of the decisions, `-` before those that nobody awaits. */
const first = (facts: readonly Fact[], at = now) =>
  decideAwaited(leadOf(facts), undefined, { facts, whole: false }, { rules, now: at })
    .filter(({ type }) => type === 'StageAdvanced' || type === 'SequenceTriggered')
    .map(({ id, unawaited }) => `${unawaited ? '-' : ''}${id.slice(leadId.length + 1)}`)

test('a stage is awaited where a sequence that takes the lead begins with it', () => {
  expect(first([viewed])).toEqual(['-stage:awareness:1'])
  expect(first([consented])).toEqual(['stage:awareness:1'])
  expect(first([subscribed])).toEqual(['-stage:awareness:1', 'stage:interest:1'])
  expect(first([fact('d', 'demo.requested', '03-02T09:00')])).toContain('-stage:consideration:1')
})

test('a condition that has become true is awaited where its sequence takes the lead', () => {
  const told = fact('p', 'profile.updated', '03-02T09:00', { fields: { employees: 200 } })
  expect(first([told])).toContain('-when@large:p')
  expect(first([consented, told])).toContain('when@large:p')
})

test('what happened longer ago than sequences look back is awaited by none', () => {
  expect(first([subscribed], '2026-03-09T09:10:00.000Z')).toContain('stage:interest:1')
  expect(first([subscribed], '2026-03-09T09:10:00.001Z')).toContain('-stage:interest:1')
})

test('what is not the latest fact, or concerns several leads, is left to the log', () => {
  expect(first([viewed, fact('x', 'page.viewed', '03-02T09:01')])).toEqual(['stage:awareness:1'])
  const members = [leadIdOf('lead-0002')]
  const lead = { ...leadOf([viewed]), members }
  const decided = decideAwaited(lead, undefined, { facts: [viewed], whole: false }, { rules, now })
  expect(decided.filter(({ unawaited }) => unawaited)).toEqual([])
  // It was reached long ago, but the address may have been given a moment ago.
  const later = decideAwaited(
    lead,
    undefined,
    { facts: [viewed], whole: false },
    { rules, now: '2026-04-02T10:00:00.000Z' },
  )
  expect(later.filter(({ unawaited }) => unawaited)).toEqual([])
})

test('a sequence that another one leads to, and every other decision, is awaited', () => {
  const decided = decideAwaited(leadOf([viewed]), undefined, none, { rules, now })
  expect(decided.filter(({ unawaited }) => unawaited).map(({ type }) => type)).toEqual(['StageAdvanced'])
})

test('an activity is awaited where a sequence begins with it, or the lead may be in one', () => {
  const asked = fact('q', 'quote.requested', '03-02T09:00')
  const attended = fact('w', 'webinar.attended', '03-02T09:00')
  const told = (facts: readonly Fact[], mayRun: boolean) =>
    decideAwaited(leadOf(facts, mayRun), undefined, none, { rules, now })
      .filter(({ type }) => type === 'ActivityRecorded')
      .map(({ id, unawaited }) => `${unawaited ? '-' : ''}${id.slice(leadId.length + 1)}`)
  expect(told([asked], true)).toEqual(['activity:quote.requested:q'])
  expect(told([asked], false)).toEqual(['-activity:quote.requested:q'])
  expect(told([attended], false)).toEqual(['-activity:webinar.attended:w'])
  expect(told([consented, attended], false)).toEqual(['activity:webinar.attended:w'])
})

test('a sequence may begin with what is awaited alone', () => {
  const of = (facts: readonly Fact[]) =>
    mayBegin(decideAwaited(leadOf(facts, false), undefined, none, { rules, now }))
  expect([of([viewed]), of([consented]), of([subscribed])]).toEqual([false, true, true])
})

test('in whatever order facts come, the same sequences begin: a late one has what it may change decided again', () => {
  const before = leadOf([viewed]).state
  const again = decideAwaited(
    leadOf([consented, viewed]),
    before,
    { facts: [consented], whole: false },
    { rules, now },
  )
  // Awareness rests on the consent by now, which is taken for it.
  expect(again.find(({ type }) => type === 'StageAdvanced')).toMatchObject({
    id: `${leadId}:stage:awareness:1`,
  })

  const told = fact('p', 'profile.updated', '03-02T09:00', { fields: { employees: 200 } })
  const late = decideAwaited(
    leadOf([consented, told]),
    leadOf([told]).state,
    { facts: [consented], whole: false },
    { rules, now },
  )
  expect(late.filter(({ type }) => type === 'SequenceTriggered').map(({ id }) => id)).toEqual([
    `${leadId}:when@large:p`,
  ])
  const later = { ...consented, occurredAt: '2026-03-02T09:30:00.000Z' }
  const afterwards = decideAwaited(
    leadOf([told, later]),
    leadOf([told]).state,
    { facts: [later], whole: false },
    { rules, now },
  )
  expect(afterwards.filter(({ type }) => type === 'SequenceTriggered')).toEqual([])
})

test('what an import brought as no news begins no sequence, however late a fact may come before it', () => {
  const triggered = (importId: string, later: Partial<Fact> = {}) => {
    const told = fact(`${factsOfImport(importId)}000000002`, 'profile.updated', '03-02T09:00', {
      fields: { employees: 200 },
    })
    const late = { ...consented, ...later }
    const lead = leadOf([late, told])
    return decideAwaited(lead, leadOf([told]).state, { facts: [late], whole: false }, { rules, now })
      .filter(({ type }) => type === 'SequenceTriggered')
      .map(({ id }) => id.slice(leadId.length + 1))
  }
  expect(triggered('fair')).toEqual([])
  expect(triggered(newsImportId('fair'))).toEqual(['when@large:import:news-fair:000000002'])
})

test('what is no news is awaited by no sequence, and of somebody new by nobody', () => {
  const decided = decide({ leadId }, undefined, leadOf([consented]).state, { rescored: 'import:fair' })
  const typesOf = (all: typeof decided, isMarked: boolean) =>
    all.filter(({ unawaited = false }) => unawaited === isMarked).map(({ type }) => type)
  expect(typesOf(markNoNews(decided, { isNew: true }), false)).toEqual([])
  const known = markNoNews(decided, { isNew: false })
  expect(typesOf(known, true)).toEqual(['StageAdvanced'])
  // Mail may wait for the consent.
  expect(typesOf(known, false)).toContain('ConsentGranted')
})

test('a consent is awaited unless it is known that no email has lacked one', () => {
  const isAwaited = (about: object) =>
    decideAwaited({ ...leadOf([consented]), ...about }, undefined, none, { rules, now }).some(
      ({ type, unawaited }) => type === 'ConsentGranted' && !unawaited,
    )
  expect(isAwaited({})).toBe(true)
  expect(isAwaited({ lacked: false })).toBe(false)
  // An email to one that was merged may have.
  expect(isAwaited({ lacked: false, members: [leadIdOf('lead-0002')] })).toBe(true)
})

test('a log that has changed as a whole has everything decided again that may begin a sequence', () => {
  const before = leadOf([consented]).state
  const lead = leadOf([consented])
  expect(decideAwaited(lead, before, { facts: [], whole: true }, { rules, now }).map(({ id }) => id)).toEqual(
    [`${leadId}:stage:awareness:1`],
  )
  expect(decideAwaited(lead, before, none, { rules, now })).toEqual([])
})

test('a merge is awaited where the person has qualified: handoffs may meet', () => {
  const merged = fact('m', 'lead.merged', '03-02T09:30', { leadId: leadIdOf('lead-0002') })
  const handedOver = compileRules(
    makePlaybook({ handoff: { ...makePlaybook().handoff, qualify: 'did("demo.requested")', require: [] } }),
  )
  const asked = fact('d', 'demo.requested', '03-02T09:00')
  const awaited = (facts: readonly Fact[]) => {
    const lead = { leadId, mayRun: true, state: stored(foldLead([...facts, merged], handedOver)) }
    const told = decideAwaited(lead, undefined, { facts, whole: false }, { rules: handedOver, now })
    return told.filter(({ type }) => type === 'LeadMerged').map(({ unawaited }) => unawaited !== true)
  }
  expect(awaited([viewed])).toEqual([false])
  expect(awaited([viewed, asked])).toEqual([true])
})
