/** The page that alarms send people to. */
export const runbookPage = 'docs/operations/runbook.md'

/** Its headings; a test looks for each of them on the page. */
export const runbook = {
  deadLetters: 'Dead letters',
  slowQueue: 'A queue falls behind',
  sendingPaused: 'Sending has paused itself',
  confirmationsPaused: 'Confirmations have paused themselves',
  emailsTurnedAway: 'SES turns emails away',
  emailFailed: 'An email has failed',
  emailSentAgain: 'An email was sent again',
  webhookFailed: 'A webhook cannot be delivered',
  emptyTeam: 'A team has nobody to give a lead to',
  chainStopped: 'A chain of messages was stopped',
  wakeRefused: 'Scheduler refuses wake-ups',
  undelivered: 'EventBridge cannot deliver',
  droppedWakes: 'Scheduler drops a wait',
  throttled: 'AWS throttles',
  reputation: 'The reputation with SES falls',
  serverErrors: 'The API answers with errors',
} as const

export type RunbookHeading = (typeof runbook)[keyof typeof runbook]
