import type { WebhookEventType } from './webhook-events.ts'

type Words = readonly [en: string, de: string]

const titles: Readonly<Record<WebhookEventType, Words>> = {
  LeadQualified: ['A lead qualified for sales', 'Ein Lead ist reif für den Vertrieb'],
  QualificationWithdrawn: [
    'A lead no longer qualifies: what spoke for it was taken back',
    'Ein Lead ist doch nicht reif: Was dafür sprach, wurde zurückgenommen',
  ],
  LeadRecycled: ['A lead went back to marketing', 'Ein Lead geht zurück ins Marketing'],
  LeadClosed: ['A lead was closed for good', 'Ein Lead wurde endgültig geschlossen'],
  LeadErased: ['A lead was erased', 'Ein Lead wurde gelöscht'],
  HandoffRequested: ['New lead for sales', 'Neuer Lead für den Vertrieb'],
  HandoffAssigned: ['Lead assigned', 'Lead zugeteilt'],
  HandoffReminded: ['A lead is waiting for an answer', 'Ein Lead wartet auf Antwort'],
  HandoffEscalated: [
    'Overdue: nobody has answered for this lead',
    'Überfällig: Für diesen Lead fehlt die Antwort',
  ],
  HandoffAccepted: ['Lead accepted', 'Lead angenommen'],
  HandoffRejected: ['Lead rejected', 'Lead abgelehnt'],
  DealPhaseChanged: ['A deal moved on', 'Bewegung bei einem Abschluss'],
  DealWon: ['Deal won', 'Auftrag gewonnen'],
  DealLost: ['Deal lost', 'Auftrag verloren'],
  DealOutcomeWithdrawn: [
    'The outcome of a deal was taken back',
    'Das Ergebnis eines Auftrags wurde zurückgenommen',
  ],
}

const labels = {
  case: ['Case', 'Vorgang'],
  lead: ['Lead', 'Lead'],
  company: ['Company', 'Firma'],
  email: ['Email', 'E-Mail'],
  phone: ['Phone', 'Telefon'],
  owner: ['Owner', 'Zuständig'],
  team: ['Team', 'Team'],
  score: ['Score', 'Punktestand'],
  stage: ['Stage', 'Phase im Funnel'],
  phase: ['Phase', 'Verkaufsphase'],
  reason: ['Reason', 'Grund'],
  value: ['Value', 'Wert'],
  due: ['Answer by', 'Antwort bis'],
} as const satisfies Readonly<Record<string, Words>>

export type Label = keyof typeof labels

const inLanguage = ([en, de]: Words, language: string): string =>
  language.toLowerCase().startsWith('de') ? de : en

/** What happened, as the headline of a message. @param language BCP 47; German, else English. */
export const eventTitle = (type: WebhookEventType, language: string): string =>
  inLanguage(titles[type], language)

export const labelWords = (label: Label, language: string): string => inLanguage(labels[label], language)
