/** What goes over the bus: names that rules in `lib` and publishers in `functions` share. */
export const busName = 'trichter'

/** Source of every event that Trichter itself publishes, activities it submits included. */
export const source = 'trichter'

/** Detail type of facts on their way in; their source is whoever puts them. */
export const activityDetailType = 'Activity'

/** Events that the figures are made anew for: they tell of what is kept beside the lead's log: whoever writes the log says so himself, whether anything follows from it or not. */
export const tellingEvents = [
  'SequenceEntered',
  'SequenceExited',
  'EmailSent',
  'HandoffRequested',
  'HandoffEscalated',
  'HandoffAccepted',
  'HandoffRejected',
] as const

/** The line in the log of `feedback` that says that marketing mail is paused: what a metric filter counts and an alarm watches. */
export const sendingPausedMessage = 'sending paused'

/** The line in the log of `send`, or of `feedback`, that says that an email will never be sent. */
export const emailFailedMessage = 'email failed'

/** The line in the log of `send` that says that SES turns mail away: for an unverified sender, or because of the account. */
export const emailTurnedAwayMessage = 'email turned away'

/** The line in the log of `send` that says that an email waits, and for what: counted alone, as most of them are meant to. */
export const emailHeldMessage = 'email held'

/** The line in the log of `send` that says that an email went out although an earlier sender may have sent it. */
export const sentAgainMessage = 'email sent again'

/** The line in the log of `feedback` that says that confirmations wait: too many of them have bounced. */
export const confirmationsPausedMessage = 'confirmations paused'

/** The line in the log of `intake` that says that a click or an open was answered and cannot be recorded: counted alone. */
export const missedHitMessage = 'a click or an open was missed'

/** The line in the log of `webhook` that says that a delivery was given up: counted and watched likewise. */
export const webhookFailedMessage = 'webhook delivery failed'

/** The line in the log of `handoff` that says that nobody of a team could be given a lead: watched in the same way. */
export const emptyTeamMessage = 'no team member available'

/** The line in the log of whoever sets timers that says that Scheduler refused one: watched in the same way. */
export const timerRefusedMessage = 'a wake-up was refused'
