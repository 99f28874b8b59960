import type { FunnelRules } from '../../../domain/model/deal.ts'
import type { HandoffRules } from '../../../domain/model/handoff-rules.ts'
import type { Playbook } from '../../../domain/model/playbook.ts'
import type { ScoringRules } from '../../../domain/model/scoring-rules.ts'
import { deepFreeze } from './deep-freeze.ts'

export const days = (count: number): number => count * 86_400_000

const form = {
  languages: ['de', 'en'],
  title: { de: 'Titel', en: 'Title' },
  origins: [],
  fields: [],
} as const

export const scoring: ScoringRules = {
  fit: [
    { id: 'dach', when: 'lead.country in ["DE", "AT", "CH"]', points: 10 },
    { id: 'large', when: 'lead.employees >= 100', points: 10 },
    { id: 'student', when: 'lead.role == "student"', points: -40 },
  ],
  engagement: [
    { id: 'demo', on: 'demo.requested', points: 30, halfLife: days(30) },
    {
      id: 'pricing',
      on: 'page.viewed',
      where: 'activity.path.startsWith("/pricing")',
      points: 5,
      cap: { points: 15, per: days(7) },
    },
    { id: 'signup', on: 'newsletter.subscribed', points: 10 },
    { id: 'quote', on: 'quote.requested', points: 40, halfLife: days(30) },
  ],
  bands: [
    { id: 'cold', floor: 0 },
    { id: 'warm', floor: 30 },
    { id: 'hot', floor: 60 },
  ],
}

const stage = { goal: 'g', tactics: [], metrics: [] }

export const funnel: FunnelRules = {
  stages: [
    { ...stage, id: 'awareness' },
    { ...stage, id: 'interest', enter: 'did("newsletter.subscribed") || score >= 15' },
    { ...stage, id: 'consideration', enter: 'did("demo.requested") || score >= 40' },
    { ...stage, id: 'intent', enter: 'did("quote.requested") || count("page.viewed", "7d") >= 5' },
    { ...stage, id: 'evaluation', enter: 'stageAtLeast("intent") && did("sales.engaged")' },
    { ...stage, id: 'purchase', enter: 'did("order.completed")' },
  ],
}

export const handoff: HandoffRules = {
  qualify: 'score >= 60 && stageAtLeast("intent") && consented',
  require: ['email'],
  teams: {
    dach: {
      id: 'dach',
      timeZone: 'Europe/Berlin',
      hours: { days: ['mon'], from: '09:00', to: '17:00' },
      holidays: [],
      strategy: 'round-robin',
      members: [{ name: 'Anna Berg', email: 'anna@sales.example.com' }],
    },
  },
  route: [{ team: 'dach' }],
  accept: {},
  reject: {
    'not-now': { type: 'recycle', stage: 'interest', pause: days(30) },
    'wrong-contact': { type: 'recycle', stage: 'awareness' },
    'wrong-fit': { type: 'close' },
  },
}

/** A small playbook with one rule of each kind; parts of it can be replaced. */
export const makePlaybook = (parts: Partial<Playbook> = {}): Playbook =>
  deepFreeze({
    version: 'v1',
    rulesVersion: 'r1',
    settings: {
      company: { name: 'Beispiel', address: 'Musterweg 1', imprint: 'https://www.example.com' },
      sender: { name: 'Beispiel', email: 'hallo@mail.example.com' },
      timeZone: 'Europe/Berlin',
      languages: ['de', 'en'],
    },
    scoring,
    funnel,
    handoff,
    forms: {
      newsletter: {
        ...form,
        id: 'newsletter',
        consent: 'double-opt-in',
        purpose: 'newsletter',
        activity: 'newsletter.subscribed',
      },
      demo: { ...form, id: 'demo', consent: 'single-opt-in', purpose: 'advice', activity: 'demo.requested' },
      quote: { ...form, id: 'quote', consent: 'none', activity: 'quote.requested' },
      plain: { ...form, id: 'plain', consent: 'none' },
    },
    sequences: {},
    emails: {},
    ...parts,
  })
