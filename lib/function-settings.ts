import type { FunctionName } from '../functions/environment.ts'

interface FunctionSettings {
  /** Entry, from the project's root; it exports `handler`. */
  readonly entry: string
  readonly purpose: string
  /** MiB; CPU comes in proportion (1,769 MiB is one core). */
  readonly memory: number
  readonly timeoutSeconds: number
}

/** Behind HTTP somebody is waiting; API Gateway itself gives up after 30 s. */
const answering = { memory: 512, timeoutSeconds: 10 }

/** A batch of ten takes well under a second; the rest is room for retries inside. */
const working = { memory: 512, timeoutSeconds: 30 }

export const functionSettings: Readonly<Record<FunctionName, FunctionSettings>> = {
  intake: {
    entry: 'functions/intake/intake.lambda.ts',
    purpose: 'Takes forms, events and links in emails, and puts activities on the bus',
    ...answering,
  },
  hook: {
    entry: 'functions/hook/receive-hooks.lambda.ts',
    purpose: 'Takes what CRMs report, and puts activities on the bus',
    ...answering,
  },
  record: {
    entry: 'functions/record/record-activities.lambda.ts',
    purpose: "Writes activities to the lead's log and commits what follows from them",
    ...working,
  },
  nurture: {
    entry: 'functions/nurture/nurture-lead.lambda.ts',
    purpose: 'Moves leads through sequences',
    ...working,
  },
  send: {
    entry: 'functions/send/send-email.lambda.ts',
    purpose: 'Renders and sends emails, each once',
    ...working,
    // Rendering is the one part that is bound by CPU.
    memory: 1024,
  },
  feedback: {
    entry: 'functions/feedback/receive-feedback.lambda.ts',
    purpose: 'Turns what SES reports into activities',
    ...working,
    memory: 256,
  },
  handoff: {
    entry: 'functions/handoff/hand-off-lead.lambda.ts',
    purpose: 'Hands qualified leads to salespeople',
    ...working,
  },
  answer: {
    entry: 'functions/answer/answer-handoff.lambda.ts',
    purpose: 'Takes the answer of a salesperson from the link in the email',
    ...answering,
  },
  rescore: {
    entry: 'functions/rescore/rescore-leads.lambda.ts',
    purpose: 'Brings every lead under the rules that went live',
    ...working,
    // A page is 25 whole logs, folded.
    memory: 1024,
  },
  preferences: {
    entry: 'functions/preferences/preferences.lambda.ts',
    purpose: 'Shows people what they agreed to, and takes what they choose',
    ...answering,
  },
  erase: {
    entry: 'functions/erase/erase-lead.lambda.ts',
    purpose: 'Erases people from the table',
    ...working,
  },
  retain: {
    entry: 'functions/retain/review-leads.lambda.ts',
    purpose: 'Looks whether people are still to be kept',
    ...working,
  },
  api: {
    entry: 'functions/api/console-api.lambda.ts',
    purpose: 'Serves the console',
    // One core: what one lead has done may be a hundred thousand activities, folded for the one who looks at it.
    memory: 1769,
    timeoutSeconds: 28,
  },
  playbook: {
    entry: 'functions/playbook/edit-playbook.lambda.ts',
    purpose: 'Keeps, checks and publishes the playbook, and shows its emails',
    // One core: compiling forty emails takes a second of it. API Gateway waits no longer than 30 s.
    memory: 1769,
    timeoutSeconds: 28,
  },
  webhook: {
    entry: 'functions/webhook/tell-others.lambda.ts',
    purpose: 'Tells other systems and channels of what happens',
    ...working,
  },
}

/** One value for each function, in the order of the settings. */
export const mapFunctions = <Value>(
  make: (name: FunctionName) => Value,
): Readonly<Record<FunctionName, Value>> => ({
  intake: make('intake'),
  hook: make('hook'),
  record: make('record'),
  nurture: make('nurture'),
  send: make('send'),
  feedback: make('feedback'),
  handoff: make('handoff'),
  answer: make('answer'),
  rescore: make('rescore'),
  preferences: make('preferences'),
  erase: make('erase'),
  retain: make('retain'),
  api: make('api'),
  playbook: make('playbook'),
  webhook: make('webhook'),
})
