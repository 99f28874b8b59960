/** Numbers and who is behind them. */
export const enFigures = {
  overview: {
    waiting: (count: number) =>
      count === 0 ? 'Nobody is waiting' : count === 1 ? 'One lead is waiting' : `${count} leads are waiting`,
    all: 'All of them',
    begin: 'Begin with the first',
    score: (score: string) => `score ${score}`,
    deals: (count: number) => (count === 1 ? 'One open deal' : `${count} open deals`),
    toBoard: 'To the board',
    happened: 'What happened to leads that sales has',
    happenedToMine: 'What happened to your leads',
    funnel: 'The funnel',
    range: 'Range',
    days: (count: number) => `${count} days`,
    before: (change: string, figure: string) => `${change}, ${figure} in the period before`,
    noneBefore: 'None in the period before',
    same: 'as many',
    columns: {
      source: 'Source',
      leads: 'Leads',
      qualified: 'Qualified',
      customers: 'Customers',
      revenue: 'Revenue',
    },
    what: (figure: string) => `What “${figure}” means`,
    leavesOut: (what: string) => `Not counted: ${what}`,
    mail: 'Email',
    paused: 'Marketing mail is paused: too many addresses bounced or complained.',
    sent: (count: string) => `${count} marketing emails sent in the last day.`,
    bounces: (rate: string, limit: string) => `${rate} bounced (limit ${limit}),`,
    complaints: (rate: string, limit: string) => `${rate} complained (limit ${limit}).`,
    held: (count: number) => (count === 1 ? 'One email waits' : `${count} emails wait`),
    first: {
      title: 'Nobody has come yet',
      steps: [
        'Open one of the forms and sign up with an address of your own.',
        'Confirm by the link in the email; locally it is in the inbox.',
        'Come back here: you are the first lead.',
        'Then change an email or a rule in the playbook, and publish it.',
      ],
    },
  },

  people: {
    title: 'People',
    count: (count: number) => (count === 1 ? 'One person' : `${count} people`),
    nobody: 'Nobody is here any more',
    /** Why nothing went out to them. */
    reasons: {
      'no-consent': 'no consent',
      'no-address': 'no address',
      'no-lead': 'the lead is gone',
      bounced: 'the address does not exist',
      'soft-bounced': 'the address took no mail too often',
      'ses-suppressed': 'SES does not deliver to the address',
      complained: 'complained about an email',
      erased: 'erased',
      'with-sales': 'with sales',
      canceled: 'the broadcast was canceled',
      cancelled: 'withdrawn by hand',
      stale: 'would have come too late',
    },
    close: 'Close',
  },

  grades: {
    what: (grade: string) => `What ${grade} means`,
    fit: (floors: readonly string[]) =>
      `The letter tells what they are: A from ${floors[0]} points, B from ${floors[1]}, C from ${floors[2]}, otherwise D.`,
    engagement: (floors: readonly string[]) =>
      `The digit tells what they do: 1 from ${floors[0]} points, 2 from ${floors[1]}, 3 from ${floors[2]}, otherwise 4.`,
    bands: (bands: readonly string[]) => `Together they are the score: ${bands.join(', ')}.`,
    band: (name: string, floor: string) => `${name} from ${floor}`,
    where: 'These limits stand in the playbook, in scoring.yaml.',
  },

  /** How somebody agreed or withdrew, by what the evidence says. */
  sources: {
    'single-opt-in': 'by a form',
    'double-opt-in': 'confirmed by email',
    'by-hand': 'entered by hand',
    api: 'from another program',
    program: 'from another program',
    import: 'from an import',
    'one-click': 'with the mail program’s button',
    page: 'on the preference page',
    'preference-page': 'on the preference page',
    complaint: 'reported as spam',
    hook: (from: string) => `from ${from}`,
  },
}
