import type { SalesPhase } from '../sales/sales-phases.ts'
import type { StageId } from './funnel-rules.ts'

type Words = readonly [en: string, de: string]

const stages: Readonly<Record<StageId, Words>> = {
  awareness: ['Awareness', 'Aufmerksamkeit'],
  interest: ['Interest', 'Interesse'],
  consideration: ['Consideration', 'Erwägung'],
  intent: ['Intent', 'Kaufabsicht'],
  evaluation: ['Evaluation', 'Bewertung'],
  purchase: ['Purchase', 'Kauf'],
}

const phases: Readonly<Record<SalesPhase, Words>> = {
  lead_generation: ['Lead generation', 'Leadgewinnung'],
  lead_qualification: ['Qualification', 'Qualifizierung'],
  needs_analysis: ['Needs analysis', 'Bedarfsanalyse'],
  proposal: ['Proposal', 'Angebot'],
  negotiation: ['Negotiation', 'Verhandlung'],
  closing: ['Closing', 'Abschluss'],
  post_sale: ['Post-sale', 'Nachbetreuung'],
}

const inLanguage = ([en, de]: Words, language: string): string =>
  language.toLowerCase().startsWith('de') ? de : en

/** What a salesperson calls a stage of the funnel. @param language BCP 47; German, else English. */
export const stageWords = (stage: StageId, language: string): string => inLanguage(stages[stage], language)

/** What a salesperson calls a phase of the sales process. */
export const phaseWords = (phase: SalesPhase, language: string): string => inLanguage(phases[phase], language)
