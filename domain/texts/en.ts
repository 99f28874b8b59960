import type { WebhookEventType } from '../model/events.ts'

/** All that Trichter itself says to visitors, leads and salespeople. Forms, emails and wordings are the playbook's. */
export const en = {
  /** The built-in pages. */
  page: {
    submit: 'Send',
    required: 'required',
    requiredNote: 'Fields marked with * are required.',
    pleaseChoose: 'Please choose',
    leaveEmpty: 'Please leave this empty',
    checkFields: 'Please check your entries:',
    thanksTitle: 'Thank you!',
    thanks: 'We have received your details.',
    confirmationSentTitle: 'Almost there',
    confirmationSent:
      'We have sent you an email. Please click the link in it to confirm your sign-up. Nothing there? Please check your spam folder, too.',
    confirmTitle: 'Confirm your sign-up',
    confirmIntro: 'One click confirms your sign-up:',
    confirm: 'Confirm now',
    confirmedTitle: 'Sign-up confirmed',
    confirmed: 'Thank you! Your sign-up is complete. You can unsubscribe at any time.',
    alreadyConfirmedTitle: 'Already confirmed',
    alreadyConfirmed: 'Your sign-up is already complete. There is nothing more to do.',
    linkOverTitle: 'This link is no longer valid',
    linkOver: 'It has expired, or you have unsubscribed in the meantime. You are not signed up.',
    signUpAgain: 'Sign up again',
    notMeTitle: 'This wasn’t you?',
    notMeIntro:
      'Someone entered your address on our site. One click blocks it, and we will not ask you to confirm again.',
    notMe: 'It wasn’t me',
    notMeDoneTitle: 'Thank you for letting us know',
    notMeDone: 'We will not send any more confirmation requests to this address.',
    unsubscribedTitle: 'You have been unsubscribed',
    unsubscribed: 'You will not receive any more marketing emails from us.',
    notFoundTitle: 'Not found',
    formNotFound: 'This form does not exist.',
    linkNotFound: 'This link is invalid or has expired.',
    imprint: 'Imprint',
    privacy: 'Privacy',
    privacyNote: 'Our privacy policy explains how we handle your data.',
    toSite: (company: string) => `Continue to ${company}`,
    chooseInstead: 'Would you rather unsubscribe from only some of it? Choose here.',
    failed: 'Sorry, that did not work. Please try again.',
    openTooLong: 'This page was open for too long. Please send your details again.',
  },

  /** The page where a lead chooses what to receive. */
  preferences: {
    title: 'Your email preferences',
    intro: 'Choose what we may write to you about. You can change this at any time.',
    topics: 'What may we write to you about?',
    agreed: (date: string) => `Your consent of ${date}`,
    howOften: 'How often?',
    frequencies: { normal: 'As before', less: 'Less often', pause: 'Pause for 30 days' },
    save: 'Save preferences',
    unsubscribeAll: 'Unsubscribe from everything',
    savedTitle: 'Saved',
    leave: 'No more marketing emails from us? One click is enough.',
    settings: 'Or choose what you receive',
    backToSettings: 'Back to your preferences',
    saved: 'Your preferences apply from now on.',
  },

  /** Why a value was probably filled in after the outcome was known. */
  leak: {
    decidesAlone: (auc: string) => `It predicts the outcome on its own (AUC ${auc}): is it known beforehand?`,
    emptyTogether: (other: string) =>
      `It is empty in the same rows as ${other}, and whether it is goes with the outcome.`,
  },

  /** What is wrong with a field of a form. */
  field: {
    missing: {
      checkbox: 'Please tick this box.',
      one: 'Please choose an answer.',
      some: 'Please choose at least one answer.',
      text: 'Please fill in this field.',
    },
    invalid: {
      email: 'Please enter a valid email address.',
      tel: 'Please enter a valid phone number.',
      url: 'Please enter an address that begins with https://.',
      number: 'Please enter a number.',
      date: 'Please enter a date (YYYY-MM-DD).',
      choice: 'Please choose one of the values offered.',
    },
    tooLong: (max: number) => `Please enter at most ${max} characters.`,
    controlCharacters: 'Please leave out line breaks and control characters.',
    notAText: 'Please enter a single value.',
    file: 'Files are not accepted here.',
    unreadable: 'One of the characters cannot be read. Please type it again.',
    ambiguousNumber: 'Please write the number without a thousands separator, for example 1000.',
    /** @param day YYYY-MM-DD */
    tooEarly: (day: string) => `Please enter a date no earlier than ${day}.`,
    tooLate: (day: string) => `Please enter a date no later than ${day}.`,
    tooSmall: (min: number) => `Please enter at least ${min}.`,
    tooBig: (max: number) => `Please enter at most ${max}.`,
  },

  /** The pages behind the links of the handoff email. */
  answer: {
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
    note: 'Note (optional)',
    noteHint: 'Shown in the lead’s timeline; it helps marketing improve.',
    reject: 'Reject',
    state: {
      requested: 'Still open',
      accepted: 'Accepted',
      rejected: 'Rejected',
      expired: 'Expired',
      won: 'Won',
      lost: 'Lost',
    },
    by: (who: string, when: string) => `Answered by ${who} on ${when}.`,
    /** In another system, such as a CRM. */
    elsewhere: (when: string) => `Answered on ${when} in another system.`,
    accepted: 'The lead is now with sales: marketing emails to it are paused.',
    withdrawn: 'No longer open: the activity that triggered this handoff has been withdrawn.',
    merged:
      'No longer open: this person was merged with another lead that is with sales already. That handoff is the one to answer.',
    unanswered: 'Nobody answered in time: the lead is back with marketing.',
    handedOn: (to: string) => `Now assigned to ${to}.`,
    backTo: (stage: string) => `The lead goes back to the stage “${stage}”.`,
    pausedUntil: (day: string) => `It will not be handed over again before ${day}.`,
    closed: 'The lead will not be handed over again.',
  },

  /** Messages in Slack and Teams. */
  channel: {
    case: 'Case',
    lead: 'Lead',
    company: 'Company',
    email: 'Email',
    phone: 'Phone',
    owner: 'Owner',
    team: 'Team',
    score: 'Score',
    stage: 'Stage',
    phase: 'Phase',
    reason: 'Reason',
    value: 'Value',
    due: 'Answer by',
    open: 'Open in the console',
  },

  stages: {
    awareness: 'Awareness',
    interest: 'Interest',
    consideration: 'Consideration',
    intent: 'Intent',
    evaluation: 'Evaluation',
    purchase: 'Purchase',
  },

  phases: {
    lead_generation: 'Lead generation',
    lead_qualification: 'Qualification',
    needs_analysis: 'Needs analysis',
    proposal: 'Proposal',
    negotiation: 'Negotiation',
    closing: 'Closing',
    post_sale: 'Post-sale',
  },

  /** What Trichter sends to salespeople where the playbook has no email of its own for it. */
  salesEmail: {
    hello: 'Hello',
    lead: 'Lead',
    score: 'Score',
    reject: 'Reject, with a reason',
    noteOn: 'Note on',
    fromSequence: 'From the sequence',
    openConsole: 'Open it in the console',
    /** @param company a placeholder, as all in braces. */
    reminder: (company: string) => ({
      subject: `Reminder: ${company} is waiting for your answer`,
      text: 'This lead has been waiting for your answer since {{ handoff.requested }}. Please answer by {{ handoff.due }}.',
      accept: 'Accept',
    }),
    escalation: (company: string) => ({
      subject: `No answer: ${company} is with {{ handoff.owner }}`,
      text: '{{ handoff.owner }} has not answered this lead; the answer was due by {{ handoff.due }}. You can accept or reject it yourself.',
      accept: 'Accept it myself',
    }),
    /** Nothing is to be answered. */
    reassigned: (company: string) => ({
      subject: `Now yours: ${company}`,
      text: 'This lead was with {{ handoff.previousOwner }} and is now yours, with its deals. It has already been accepted, so there is nothing to answer.{% if handoff.reassignedBecause != "" %}<br>Reason: {{ handoff.reassignedBecause }}{% endif %}',
    }),
  },

  /** What the handoff email says of answers and of emails that the lead was sent. */
  brief: { yes: 'yes', no: 'no', clicked: 'clicked', opened: 'opened' },

  /** The figures that both teams get by email. */
  teamReport: {
    week: 'Week',
    month: 'Month',
    subject: 'Figures for marketing and sales',
    before: 'Before',
    change: 'Change',
    figures: 'The same figures for both teams',
    quality: 'What sales says of the leads',
    accepted: 'accepted',
    rejected: 'rejected',
    reason: 'Reason of rejections',
    noAnswers: 'Sales answered no handoff.',
    sources: 'Where leads came from',
    source: 'Source',
    campaign: 'Campaign',
    leads: 'Leads',
    qualified: 'Qualified',
    customers: 'Customers',
    revenue: 'Revenue',
    cost: 'Cost',
    noLeads: 'Nobody came.',
    points: 'pts',
    hours: 'h',
    days: 'days',
    seconds: 's',
    footer:
      'Each figure is counted over the same rows. Whoever gets this email stands in settings.yaml under report.',
  },

  /** How the `date` filter of emails writes a day. */
  dateFormat: '%-d %B %Y',

  /** Built-in activities, as a salesperson reads them. */
  activities: {
    'ad.impression': 'Was shown an advertisement',
    'ad.clicked': 'Clicked an advertisement',
    'page.viewed': 'Visited a page',
    'content.viewed': 'Read an article',
    'page.engaged': 'Stayed on a page',
    'newsletter.subscribed': 'Subscribed to the newsletter',
    'demo.requested': 'Asked for a demo',
    'content.downloaded': 'Downloaded a document',
    'webinar.registered': 'Registered for a webinar',
    'webinar.attended': 'Attended a webinar',
    'quote.requested': 'Asked for a quote',
    'cart.updated': 'Changed the cart',
    'prices.compared': 'Compared prices',
    'sample.requested': 'Asked for a sample',
    'sales.engaged': 'Spoke with sales',
    'offer.rated': 'Rated an offer',
    'support.contacted': 'Contacted support',
    'order.completed': 'Placed an order',
    'form.submitted': 'Filled in a form',
    'profile.updated': 'Profile updated',
    'consent.granted': 'Gave consent',
    'consent.withdrawn': 'Withdrew consent',
    'email.sent': 'Was sent an email',
    'email.delivered': 'Received an email',
    'email.opened': 'Opened an email',
    'email.clicked': 'Clicked in an email',
    'email.bounced': 'An email bounced',
    'email.complained': 'Reported an email as spam',
    'email.unsubscribed': 'Unsubscribed',
    'contact.requested': 'Asked to be contacted',
    'lead.explored': 'Went to sales below the threshold, by way of trial',
    'handoff.accepted': 'Accepted by sales',
    'handoff.rejected': 'Rejected by sales',
    'needs.recorded': 'Needs recorded',
    'proposal.sent': 'Was sent a proposal',
    'proposal.accepted': 'Accepted a proposal',
    'proposal.declined': 'Declined a proposal',
    'negotiation.started': 'Negotiation began',
    'negotiation.ended': 'Negotiation ended',
    'deal.opened': 'A deal was opened',
    'deal.moved': 'A deal moved on',
    'deal.won': 'Deal won',
    'deal.lost': 'Deal lost',
    'onboarding.completed': 'Completed onboarding',
    'customer.rated': 'Rated us as a customer',
    'activity.voided': 'An entry was withdrawn',
    'confirmation.refused': 'Did not ask for it',
    'lead.merged': 'Merged with another lead',
    'lead.unmerged': 'Parted from another lead',
  },
}

export type Texts = typeof en

/** Every language but English, in which the table of events has its titles. */
export interface Translation extends Texts {
  readonly events: Readonly<Record<WebhookEventType, string>>
}
