import type { CheckTexts } from './en-checks.ts'

export const deChecks: CheckTexts = {
  unreadable: 'Das ließ sich gerade nicht feststellen.',
  readAgain:
    'Sehen Sie gleich noch einmal nach. Bleibt es dabei: Prüfen Sie, ob DNS und SES aus dem Konto antworten.',
  sender: {
    ok: (name) => `SES versendet für ${name}.`,
    absent: (name) => `SES kennt ${name} nicht: Jede E-Mail wartet.`,
    unverified: (name) => `SES hat ${name} noch nicht bestätigt: Jede E-Mail wartet.`,
    fix: 'Mit der Domain des Absenders bereitstellen (-c emailDomain=…) oder die Adresse in SES bestätigen; dann die Einträge unten im DNS der Domain anlegen.',
  },
  dkim: {
    ok: (domain) => `SES unterschreibt E-Mails mit dem Schlüssel von ${domain}.`,
    pending: (domain) => `SES findet seine Schlüssel noch nicht im DNS von ${domain}.`,
    absent: 'E-Mails sind nicht unterschrieben: Gmail und Yahoo weisen sie ab oder halten sie für Spam.',
    fix: 'Diese Einträge im DNS der Domain anlegen. SES findet sie binnen Minuten, spätestens nach drei Tagen.',
    begin: 'Easy DKIM für die Domain in SES einschalten oder mit -c emailDomain=… bereitstellen.',
  },
  spf: {
    ok: (domain) => `${domain} lässt SES versenden.`,
    absent: (domain) => `${domain} lässt SES nicht versenden.`,
    shared:
      'Rückläufer gehen an amazonses.com, nicht an Ihre Domain: Empfänger erkennen an SPF nicht, dass die E-Mail von Ihnen ist.',
    fix: 'Diese Einträge im DNS der Domain anlegen. Ein Name hat einen SPF-Eintrag: Gibt es schon einen, ergänzen Sie darin include:amazonses.com.',
    begin: 'Mit -c emailDomain=… bereitstellen: Dann nimmt SES Rückläufer unter einem Namen Ihrer Domain an.',
  },
  dmarc: {
    ok: (name, policy) => `${name} sagt, was mit fremden E-Mails geschieht: ${policy}.`,
    absent: (domain) =>
      `${domain} sagt nicht, was mit E-Mails in seinem Namen geschieht, die nicht unterschrieben sind.`,
    fix: 'Diesen Eintrag im DNS der Domain anlegen. Beginnen Sie mit p=none, wenn auch andere Programme in ihrem Namen versenden.',
  },
  sandbox: {
    ok: 'SES versendet an alle.',
    missing: 'SES ist in der Sandbox: Es versendet nur an bestätigte Adressen, 200 am Tag.',
    off: 'SES hat alle E-Mails des Kontos angehalten.',
    fix: 'Produktionszugang beantragen: SES, Account dashboard, Request production access. Es dauert etwa einen Tag.',
    begin: 'SES nennt den Grund unter Account dashboard; beantworten Sie die Anfrage dort.',
  },
  quota: {
    ok: (sent, most) => `${sent} von ${most} E-Mails der letzten 24 Stunden sind verbraucht.`,
    unlimited: (sent) => `${sent} E-Mails in den letzten 24 Stunden; es gibt keine Grenze.`,
    rate: (perSecond) => `${perSecond} in der Sekunde.`,
    missing: (sent, most) =>
      `${sent} von ${most} E-Mails der letzten 24 Stunden sind verbraucht: Was dazukommt, wartet.`,
    fix: 'Mehr beantragen: Service Quotas, Amazon SES, Sending quota. Danach mit -c sesRate=… der neuen Rate bereitstellen.',
  },
}
