/** What the checks of the sender say. */
export const enChecks = {
  unreadable: 'This could not be found out just now.',
  readAgain: 'Look again in a moment. If it stays, see whether DNS and SES answer from the account.',
  sender: {
    ok: (name: string) => `SES sends for ${name}.`,
    absent: (name: string) => `SES does not know ${name}: every email waits.`,
    unverified: (name: string) => `SES has not verified ${name} yet: every email waits.`,
    fix: 'Deploy with the sender’s domain (-c emailDomain=…), or verify the address in SES; then enter the records below in the DNS of the domain.',
  },
  dkim: {
    ok: (domain: string) => `SES signs mail with the key of ${domain}.`,
    pending: (domain: string) => `SES does not find its keys in the DNS of ${domain} yet.`,
    absent: 'Mail is not signed: Gmail and Yahoo turn it away or take it for spam.',
    fix: 'Enter these records in the DNS of the domain. SES finds them within minutes, at the latest after three days.',
    begin: 'Turn on Easy DKIM for the domain in SES, or deploy with -c emailDomain=…',
  },
  spf: {
    ok: (domain: string) => `${domain} lets SES send.`,
    absent: (domain: string) => `${domain} does not let SES send.`,
    shared:
      'Bounces go to amazonses.com, not to your domain: receivers cannot tell by SPF that the mail is yours.',
    fix: 'Enter these records in the DNS of the domain. One name has one SPF record: where there is one, add include:amazonses.com to it.',
    begin: 'Deploy with -c emailDomain=…: SES then takes bounces at a name of your own.',
  },
  dmarc: {
    ok: (name: string, policy: string) => `${name} says what becomes of mail that is not yours: ${policy}.`,
    absent: (domain: string) => `${domain} does not say what becomes of mail in its name that is not signed.`,
    fix: 'Enter this record in the DNS of the domain. Begin with p=none where other programs send in its name, too.',
  },
  sandbox: {
    ok: 'SES sends to everybody.',
    missing: 'SES is in the sandbox: it sends to verified addresses alone, 200 a day.',
    off: 'SES has stopped all mail of the account.',
    fix: 'Ask for production access: SES, Account dashboard, Request production access. It takes about a day.',
    begin: 'SES says why under Account dashboard; answer its case.',
  },
  quota: {
    ok: (sent: string, most: string) => `${sent} of ${most} emails of the last 24 hours are used.`,
    unlimited: (sent: string) => `${sent} emails in the last 24 hours; there is no limit.`,
    rate: (perSecond: string) => `${perSecond} a second.`,
    missing: (sent: string, most: string) =>
      `${sent} of ${most} emails of the last 24 hours are used: what comes on top waits.`,
    fix: 'Ask for more: Service Quotas, Amazon SES, Sending quota. Then deploy with -c sesRate=… of the new rate.',
  },
}

export type CheckTexts = typeof enChecks
