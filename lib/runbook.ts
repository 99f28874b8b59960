/** Headings of the runbook in README.md that alarms send people to. */
export const runbook = {
  deadLetters: 'Dead letters',
  slowQueue: 'A queue falls behind',
  sendingPaused: 'Sending has paused itself',
  serverErrors: 'The API answers with errors',
} as const

export type RunbookHeading = (typeof runbook)[keyof typeof runbook]
