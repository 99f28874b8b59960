/** Activity types with a meaning of their own; any other `noun.verb` is a custom one. */
export const builtInActivityTypes: readonly string[] = [
  ...['ad.impression', 'ad.clicked', 'page.viewed'],
  ...['content.viewed', 'page.engaged', 'newsletter.subscribed'],
  ...['demo.requested', 'content.downloaded', 'webinar.registered', 'webinar.attended'],
  ...['quote.requested', 'cart.updated', 'prices.compared', 'sample.requested'],
  ...['sales.engaged', 'offer.rated', 'support.contacted', 'order.completed'],
  ...['form.submitted', 'profile.updated', 'consent.granted', 'consent.withdrawn'],
  ...['email.sent', 'email.delivered', 'email.opened', 'email.clicked'],
  ...['email.bounced', 'email.complained', 'email.unsubscribed'],
  ...['contact.requested', 'handoff.accepted', 'handoff.rejected', 'needs.recorded'],
  ...['proposal.sent', 'proposal.accepted', 'proposal.declined'],
  ...['negotiation.started', 'negotiation.ended'],
  ...['deal.opened', 'deal.moved', 'deal.won', 'deal.lost'],
  ...['onboarding.completed', 'customer.rated'],
]

/**
 * Lead attributes with a predefined meaning; `email` is the address, `renewsAt` the contract's renewal date, `rating` the
 * customer's latest rating.
 */
export const builtInAttributes: readonly string[] = [
  ...['email', 'firstName', 'lastName', 'company', 'country', 'language', 'timeZone', 'phone', 'role'],
  ...['employees', 'renewsAt', 'rating'],
]

/** Built-in attributes that are dates. */
export const builtInDates: readonly string[] = ['renewsAt']

/** Emails that the system sends itself: the double opt-in, and the notice to the salesperson. */
export const requiredEmails = ['confirm', 'handoff'] as const

/** Emails to salespeople about a handoff. All but the first have built-in texts. */
export const salesEmails = ['handoff', 'reminder', 'escalation', 'reassigned'] as const

export const isSalesEmail = (email: string): boolean => salesEmails.some((known) => known === email)

/** Reminder of an unanswered confirmation; a playbook without it repeats `confirm`. */
export const confirmReminder = 'confirm-reminder'

/** Whether the email asks to confirm a consent. */
export const isConfirmation = (email: string): boolean => email === 'confirm' || email === confirmReminder

/** Whether the system sends the email itself: no sequence does, and it is not marketing. */
export const isSystemEmail = (email: string): boolean =>
  isSalesEmail(email) || isConfirmation(email) || requiredEmails.some((required) => required === email)
