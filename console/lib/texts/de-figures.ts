import type { enFigures } from './en-figures.ts'

export const deFigures: typeof enFigures = {
  overview: {
    waiting: (count) =>
      count === 0 ? 'Niemand wartet' : count === 1 ? 'Ein Lead wartet' : `${count} Leads warten`,
    all: 'Alle zeigen',
    begin: 'Mit dem ersten anfangen',
    score: (score) => `${score} Punkte`,
    deals: (count) => (count === 1 ? 'Ein offener Auftrag' : `${count} offene Aufträge`),
    toBoard: 'Zur Tafel',
    happened: 'Was mit den Leads des Vertriebs geschah',
    happenedToMine: 'Was mit Ihren Leads geschah',
    funnel: 'Der Funnel',
    range: 'Zeitraum',
    days: (count) => `${count} Tage`,
    before: (change: string, figure: string) => `${change}, im Zeitraum davor ${figure}`,
    noneBefore: 'Im Zeitraum davor nichts',
    same: 'ebenso viele',
    columns: {
      source: 'Quelle',
      leads: 'Leads',
      qualified: 'Qualifiziert',
      customers: 'Kunden',
      revenue: 'Umsatz',
    },
    what: (figure) => `Was „${figure}“ bedeutet`,
    leavesOut: (what) => `Nicht gezählt: ${what}`,
    mail: 'E-Mail',
    paused: 'Werbe-E-Mails ruhen: Zu viele Adressen waren unzustellbar oder haben sich beschwert.',
    sent: (count) => `${count} Werbe-E-Mails am letzten Tag gesendet.`,
    bounces: (rate, limit) => `${rate} unzustellbar (Grenze ${limit}),`,
    complaints: (rate, limit) => `${rate} Beschwerden (Grenze ${limit}).`,
    held: (count) => (count === 1 ? 'Eine E-Mail wartet' : `${count} E-Mails warten`),
    first: {
      title: 'Noch ist niemand gekommen',
      steps: [
        'Öffnen Sie eines der Formulare und melden Sie sich mit einer eigenen Adresse an.',
        'Bestätigen Sie über den Link in der E-Mail; auf diesem Rechner liegt sie im Posteingang.',
        'Kommen Sie hierher zurück: Sie sind der erste Lead.',
        'Ändern Sie dann eine E-Mail oder eine Regel im Playbook und veröffentlichen Sie sie.',
      ],
    },
  },

  people: {
    title: 'Personen',
    count: (count) => (count === 1 ? 'Eine Person' : `${count} Personen`),
    nobody: 'Hier ist niemand mehr',
    /** Why nothing went out to them. */
    reasons: {
      'no-consent': 'keine Einwilligung',
      'no-address': 'keine Adresse',
      'no-lead': 'den Lead gibt es nicht mehr',
      bounced: 'die Adresse gibt es nicht',
      'soft-bounced': 'die Adresse nahm zu oft nichts an',
      'ses-suppressed': 'SES stellt an die Adresse nicht zu',
      complained: 'hat sich über eine E-Mail beschwert',
      erased: 'gelöscht',
      'with-sales': 'beim Vertrieb',
      canceled: 'das Rundschreiben wurde abgebrochen',
      cancelled: 'von Hand zurückgezogen',
      stale: 'wäre zu spät gekommen',
    },
    close: 'Schließen',
  },

  grades: {
    what: (grade) => `Was ${grade} bedeutet`,
    fit: (floors) =>
      `Der Buchstabe sagt, wer jemand ist: A ab ${floors[0]} Punkten, B ab ${floors[1]}, C ab ${floors[2]}, sonst D.`,
    engagement: (floors) =>
      `Die Ziffer sagt, was jemand tut: 1 ab ${floors[0]} Punkten, 2 ab ${floors[1]}, 3 ab ${floors[2]}, sonst 4.`,
    bands: (bands) => `Beides zusammen ist die Punktzahl: ${bands.join(', ')}.`,
    band: (name, floor) => `${name} ab ${floor}`,
    where: 'Die Grenzen stehen im Playbook, in scoring.yaml.',
  },

  sources: {
    'single-opt-in': 'über ein Formular',
    'double-opt-in': 'per E-Mail bestätigt',
    'by-hand': 'von Hand eingetragen',
    api: 'aus einem anderen Programm',
    program: 'aus einem anderen Programm',
    import: 'aus einem Import',
    'one-click': 'über den Knopf im Mailprogramm',
    page: 'auf der Einstellungsseite',
    'preference-page': 'auf der Einstellungsseite',
    complaint: 'als Spam gemeldet',
    hook: (from) => `aus ${from}`,
  },
}
