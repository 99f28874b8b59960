import type { HandoffState } from '../handoff.ts'

/** What the pages behind the links of the handoff email say. */
export interface AnswerTexts {
  readonly title: string
  readonly rejectQuestion: string
  readonly unnamed: string
  readonly email: string
  readonly phone: string
  readonly score: string
  readonly stage: string
  readonly owner: string
  readonly due: string
  readonly accept: string
  readonly rejectTitle: string
  readonly reason: string
  readonly note: string
  readonly noteHint: string
  readonly reject: string
  readonly state: Readonly<Record<HandoffState, string>>
  readonly by: (who: string, when: string) => string
  /** In another system, such as a CRM. */
  readonly elsewhere: (when: string) => string
  readonly accepted: string
  readonly withdrawn: string
  readonly unanswered: string
  readonly handedOn: (to: string) => string
  readonly backTo: (stage: string) => string
  readonly pausedUntil: (day: string) => string
  readonly closed: string
}

const german: AnswerTexts = {
  title: 'Lead annehmen?',
  rejectQuestion: 'Lead ablehnen?',
  unnamed: 'Ein neuer Lead',
  email: 'E-Mail',
  phone: 'Telefon',
  score: 'Punktestand',
  stage: 'Stufe',
  owner: 'Zuständig',
  due: 'Antwort erbeten bis',
  accept: 'Annehmen',
  rejectTitle: 'Oder ablehnen',
  reason: 'Grund',
  note: 'Bemerkung (freiwillig)',
  noteHint: 'Sie steht in der Zeitleiste des Leads und hilft dem Marketing.',
  reject: 'Ablehnen',
  state: {
    requested: 'Noch offen',
    accepted: 'Angenommen',
    rejected: 'Abgelehnt',
    expired: 'Abgelaufen',
    won: 'Gewonnen',
    lost: 'Verloren',
  },
  by: (who, when) => `Beantwortet von ${who} am ${when}.`,
  elsewhere: (when) => `Beantwortet am ${when} in einem anderen System.`,
  accepted: 'Der Lead gehört jetzt dem Vertrieb: Marketing-Mails an ihn ruhen.',
  withdrawn: 'Nicht mehr offen: Was für die Übergabe sprach, wurde inzwischen zurückgenommen.',
  unanswered: 'Niemand hat rechtzeitig geantwortet: Der Lead ist wieder beim Marketing.',
  handedOn: (to) => `Inzwischen ist ${to} zuständig.`,
  backTo: (stage) => `Der Lead geht zurück in die Stufe „${stage}“.`,
  pausedUntil: (day) => `Bis ${day} wird er nicht wieder übergeben.`,
  closed: 'Der Lead wird nicht wieder übergeben.',
}

const english: AnswerTexts = {
  title: 'Accept this lead?',
  rejectQuestion: 'Reject this lead?',
  unnamed: 'A new lead',
  email: 'Email',
  phone: 'Phone',
  score: 'Score',
  stage: 'Stage',
  owner: 'Owner',
  due: 'Please answer by',
  accept: 'Accept',
  rejectTitle: 'Or reject it',
  reason: 'Reason',
  note: 'Remark (optional)',
  noteHint: "It stands in the lead's timeline, and marketing learns from it.",
  reject: 'Reject',
  state: {
    requested: 'Still open',
    accepted: 'Accepted',
    rejected: 'Rejected',
    expired: 'Expired',
    won: 'Won',
    lost: 'Lost',
  },
  by: (who, when) => `Answered by ${who} on ${when}.`,
  elsewhere: (when) => `Answered on ${when} in another system.`,
  accepted: 'Sales has the lead now: marketing emails to it pause.',
  withdrawn: 'No longer open: what spoke for the handoff has been taken back since.',
  unanswered: 'Nobody answered in time: marketing has the lead again.',
  handedOn: (to) => `${to} has it by now.`,
  backTo: (stage) => `The lead goes back to the stage “${stage}”.`,
  pausedUntil: (day) => `Until ${day} it is not handed over again.`,
  closed: 'The lead is not handed over again.',
}

/** @param language BCP 47; German, else English. */
export const answerTexts = (language: string): AnswerTexts =>
  language.toLowerCase().startsWith('de') ? german : english
