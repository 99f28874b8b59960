import type { enFigures } from './en-figures.ts'

type Same<Words> = { readonly [Key in keyof Words]: Words[Key] extends string ? string : Same<Words[Key]> }

/** Was die Zahlen beider Teams bedeuten. */
export const deFigures: Same<typeof enFigures> = {
  common: { leavesOut: 'Was zurückgenommen, doppelt gemeldet oder von Automaten getan wurde.' },

  awareness: {
    visits: { label: 'Besuche', counts: 'Aufgerufene Seiten (page.viewed).' },
    impressions: { label: 'Einblendungen', counts: 'Gezeigte Anzeigen (ad.impression).' },
    reach: {
      label: 'Reichweite',
      counts:
        'Verschiedene Personen und Browser, die eine Anzeige sahen oder anklickten oder eine Seite aufriefen.',
      leavesOut:
        'Weitere Besuche derselben Person; Browser, die sich als die einer bekannten Person erweisen, zählen als diese Person.',
    },
  },
  interest: {
    clicks: {
      label: 'Klicks',
      counts: 'Klicks auf Anzeigen und auf Links in E-Mails.',
      leavesOut: 'Klicks von Mail-Scannern und anderen Automaten.',
    },
    dwellSeconds: {
      label: 'Verweildauer',
      counts: 'Sekunden, die Seiten offen und sichtbar waren (page.engaged).',
    },
    newsletterSignups: {
      label: 'Newsletter-Anmeldungen',
      counts: 'Anmeldungen (newsletter.subscribed); bei Double-Opt-in ab der Bestätigung.',
    },
  },
  consideration: {
    demoRequests: { label: 'Vorführungsanfragen', counts: 'Anfragen (demo.requested).' },
    downloads: { label: 'Downloads', counts: 'Heruntergeladene Inhalte (content.downloaded).' },
    webinarAttendance: {
      label: 'Webinar-Teilnahmen',
      counts: 'Teilnahmen (webinar.attended).',
      leavesOut: 'Bloße Anmeldungen.',
    },
  },
  intent: {
    quoteRequests: { label: 'Angebotsanfragen', counts: 'Anfragen (quote.requested).' },
    cartActions: { label: 'Warenkorb-Aktionen', counts: 'Änderungen eines Warenkorbs (cart.updated).' },
    priceComparisons: { label: 'Preisvergleiche', counts: 'Vergleiche (prices.compared).' },
  },
  evaluation: {
    salesEngagements: { label: 'Vertriebsgespräche', counts: 'Gespräche (sales.engaged).' },
    offerRating: {
      label: 'Bewertung der Angebote',
      counts: 'Das Mittel aller Bewertungen (offer.rated).',
      leavesOut: 'Bewertungen, die keine Zahl sind.',
    },
  },
  purchase: {
    purchases: {
      label: 'Käufe',
      counts: 'Bestellungen (order.completed).',
      leavesOut: 'Gewonnene Aufträge.',
    },
    revenue: {
      label: 'Umsatz aus Bestellungen',
      counts: 'Beträge der Bestellungen, nach Währung.',
      leavesOut: 'Gewonnene Aufträge; Bestellungen ohne Betrag und Währung.',
    },
    conversionRate: {
      label: 'Konversionsrate',
      counts: 'Der Anteil der neuen Personen, die in die Phase „Kauf“ kamen.',
      numerator: 'Diejenigen von ihnen, die bis zum Ende des Zeitraums in die Phase kamen.',
      denominator: 'Im Zeitraum erstmals gesehene Personen und Browser.',
    },
  },
  lead_generation: {
    leads: {
      label: 'Leads',
      counts: 'Personen, deren Adresse im Zeitraum bekannt wurde.',
      leavesOut: 'Besucher ohne Adresse.',
    },
    contactRequests: { label: 'Kontaktanfragen', counts: 'Anfragen (contact.requested).' },
  },
  lead_qualification: {
    qualifiedLeads: {
      label: 'Qualifizierte Leads',
      counts: 'Verschiedene Leads, die im Zeitraum reif für den Vertrieb wurden.',
      leavesOut: 'Ein zweites Mal desselben Leads.',
    },
    averageScore: {
      label: 'Score bei der Qualifizierung',
      counts: 'Das Mittel des Scores im Augenblick der Qualifizierung, über alle Qualifizierungen.',
    },
  },
  needs_analysis: {
    needsAnalysed: {
      label: 'Bedarf erhoben',
      counts: 'Verschiedene Leads, deren Bedarf festgehalten wurde (needs.recorded).',
    },
    needsPerLead: {
      label: 'Bedarfe je Lead',
      counts: 'Festgehaltene Bedarfe für jeden Lead, zu dem es eine Erhebung gibt.',
    },
  },
  proposal: {
    proposals: { label: 'Angebote', counts: 'Versandte Angebote (proposal.sent).' },
    acceptanceRate: {
      label: 'Annahme der Angebote',
      counts: 'Der Anteil der Antworten, die annehmen.',
      numerator: 'Im Zeitraum angenommene Angebote.',
      denominator: 'Im Zeitraum angenommene oder abgelehnte Angebote.',
    },
  },
  negotiation: {
    medianNegotiationDays: {
      label: 'Verhandlungstage',
      counts: 'Der Median der Verhandlungen, die im Zeitraum endeten, in Tagen.',
    },
    successRate: {
      label: 'Erfolg nach Verhandlung',
      counts: 'Der Anteil der verhandelten Verkaufschancen, die gewonnen wurden.',
      numerator: 'Im Zeitraum gewonnene verhandelte Verkaufschancen.',
      denominator: 'Im Zeitraum gewonnene oder verlorene verhandelte Verkaufschancen.',
    },
  },
  closing: {
    closeRate: {
      label: 'Abschlussquote',
      counts: 'Der Anteil der geschlossenen Verkaufschancen, die gewonnen wurden.',
      numerator: 'Im Zeitraum gewonnene Verkaufschancen.',
      denominator:
        'Im Zeitraum gewonnene oder verlorene Verkaufschancen, die nicht bis zu seinem Ende wieder geöffnet wurden.',
    },
    revenue: {
      label: 'Umsatz aus Aufträgen',
      counts: 'Wert der im Zeitraum gewonnenen Aufträge, wie zuletzt gemeldet, nach Währung.',
      leavesOut: 'Bestellungen; bis zum Ende des Zeitraums wieder geöffnete Verkaufschancen.',
    },
  },
  post_sale: {
    retentionRate: {
      label: 'Kundenbindung',
      counts: 'Der Anteil der früheren Kunden, die wieder kauften.',
      numerator: 'Diejenigen von ihnen, die im Zeitraum kauften.',
      denominator: 'Leads, die vor dem Zeitraum gekauft hatten.',
    },
    satisfaction: {
      label: 'Zufriedenheit',
      counts: 'Das Mittel aller Bewertungen durch Kunden (customer.rated).',
      leavesOut: 'Bewertungen, die keine Zahl sind.',
    },
    repeatPurchases: {
      label: 'Wiederholte Käufe',
      counts: 'Bestellungen und gewonnene Aufträge im Zeitraum, außer dem ersten Kauf jedes Leads.',
    },
  },
  shared: {
    handoffAcceptanceRate: {
      label: 'Annahme der Übergaben',
      counts: 'Der Anteil der Antworten des Vertriebs, die den Lead annehmen.',
      leavesOut: 'Übergaben ohne Antwort; weitere Antworten auf dieselbe Übergabe.',
      numerator: 'Im Zeitraum angenommene Übergaben.',
      denominator: 'Im Zeitraum angenommene oder abgelehnte Übergaben.',
    },
    medianHoursToAccept: {
      label: 'Stunden bis zur Annahme',
      counts:
        'Der Median der Zeit von der Anfrage bis zur Annahme, rund um die Uhr, der Annahmen im Zeitraum.',
    },
    handoffsOverdue: {
      label: 'Überfällige Übergaben',
      counts: 'Übergaben, deren Frist im Zeitraum ohne Antwort verstrich.',
    },
    leadToCustomerRate: {
      label: 'Leads, die Kunden wurden',
      counts: 'Der Anteil der neuen Leads, die kauften.',
      numerator:
        'Diejenigen von ihnen mit einer Bestellung oder einem gewonnenen Auftrag bis zum Ende des Zeitraums.',
      denominator: 'Leads, deren Adresse im Zeitraum bekannt wurde.',
    },
    medianDaysToCustomer: {
      label: 'Tage bis zum ersten Kauf',
      counts: 'Der Median der Zeit vom ersten Besuch bis zum ersten Kauf, der ersten Käufe im Zeitraum.',
    },
    revenueBySource: {
      label: 'Umsatz nach Quelle',
      counts:
        'Beträge der Bestellungen und gewonnenen Aufträge nach der Quelle des ersten Kontakts, nach Währung.',
      leavesOut: 'Käufe ohne Betrag und Währung.',
    },
  },

  stage: {
    entered: {
      label: 'Eingetreten',
      counts:
        'Verschiedene Leads, die im Zeitraum in die Phase kamen oder sie auf dem Weg zu einer späteren durchliefen.',
      leavesOut: 'Ein zweites Mal desselben Leads.',
    },
    skipped: {
      label: 'Übersprungen',
      counts: 'Diejenigen der Eingetretenen, die nur durchliefen: Sie kamen gleich in eine spätere Phase.',
    },
    current: { label: 'In der Phase', counts: 'Leads, die am Ende des Zeitraums in der Phase sind.' },
    conversionToNext: {
      label: 'Weitergekommen',
      counts: 'Der Anteil der eingetretenen Leads, die im selben Zyklus in eine spätere Phase kamen.',
      numerator: 'Diejenigen von ihnen, die bis zum Ende des Zeitraums in einer späteren Phase waren.',
      denominator: 'Leads, die im Zeitraum in die Phase kamen.',
    },
    dropOff: {
      label: 'Nicht weitergekommen',
      counts:
        'Der Anteil der eingetretenen Leads, die am Ende des Zeitraums nicht weiter waren; manche kommen es noch.',
      numerator: 'Diejenigen von ihnen ohne spätere Phase im selben Zyklus.',
      denominator: 'Leads, die im Zeitraum in die Phase kamen.',
    },
    conversionFromStart: {
      label: 'Vom Anfang',
      counts:
        'Der Anteil der im Zeitraum erstmals gesehenen Personen, die bis zu seinem Ende in die Phase kamen: auf beliebigem Weg (`anyOrder`) oder ohne eine übersprungene Phase davor (`strict`).',
      numerator: 'Diejenigen von ihnen, die bis zum Ende des Zeitraums in die Phase kamen.',
      denominator: 'Im Zeitraum erstmals gesehene Personen und Browser.',
    },
    conversionFromPrevious: {
      label: 'Von der Phase davor',
      counts: 'Dasselbe als Anteil derer, die in die Phase davor kamen.',
      numerator: 'Im Zeitraum erstmals gesehene Personen, die bis zu seinem Ende in die Phase kamen.',
      denominator: 'Diejenigen, die in die Phase davor kamen.',
    },
    medianDaysInStage: {
      label: 'Tage in der Phase',
      counts: 'Der Median der Aufenthalte, die im Zeitraum endeten, in Tagen.',
      leavesOut: 'Übersprungene Phasen; Aufenthalte, die andauern.',
    },
    daysInStage: {
      label: 'Tage in der Phase, Quartile',
      counts:
        'Ein Viertel der Aufenthalte, die im Zeitraum endeten, war kürzer als `q1`, die Hälfte als `median`, drei Viertel als `q3`.',
      leavesOut: 'Übersprungene Phasen; Aufenthalte, die andauern.',
    },
  },
  velocity: {
    openDeals: {
      label: 'Offene Verkaufschancen',
      counts: 'Verkaufschancen, die am Ende des Zeitraums offen sind.',
    },
    closeRate: {
      label: 'Abschlussquote',
      counts: 'Wie unter Abschluss.',
      numerator: 'Im Zeitraum gewonnene Verkaufschancen.',
      denominator: 'Im Zeitraum gewonnene oder verlorene Verkaufschancen.',
    },
    averageDays: {
      label: 'Tage bis zum Auftrag',
      counts: 'Das Mittel der Zeit vom Anlegen bis zum Auftrag, der im Zeitraum gewonnenen Aufträge.',
    },
    perDay: {
      label: 'Vertriebsgeschwindigkeit',
      counts:
        'Offene Verkaufschancen × Abschlussquote × mittlerer Wert gewonnener Aufträge ÷ Tage bis zum Auftrag: gewonnener Wert am Tag, nach Währung.',
    },
  },
  cohort: {
    leads: {
      label: 'Begonnen',
      counts: 'In der Woche (ISO 8601, in der Zeitzone der Firma) erstmals gesehene Personen und Browser.',
    },
    reached: {
      label: 'Erreicht',
      counts: 'Diejenigen von ihnen, die bis zum Ende des Zeitraums in die Phase kamen.',
    },
  },
  sequence: {
    entered: { label: 'Eingetreten', counts: 'Durchläufe, die im Zeitraum begannen.' },
    active: {
      label: 'Unterwegs',
      counts: 'Durchläufe, die am Ende des Zeitraums begonnen und nicht beendet waren.',
    },
    completed: { label: 'Abgeschlossen', counts: 'Durchläufe, die im Zeitraum zum letzten Schritt kamen.' },
    goal: { label: 'Ziel erreicht', counts: 'Durchläufe, die im Zeitraum mit ihrem Ziel endeten.' },
  },
  email: {
    sent: { label: 'Gesendet', counts: 'E-Mails, die im Zeitraum gesendet wurden.' },
    delivered: { label: 'Zugestellt', counts: 'Diejenigen davon, die bis zu seinem Ende zugestellt wurden.' },
    opened: {
      label: 'Geöffnet',
      counts: 'Diejenigen davon, die eine Person bis zu seinem Ende öffnete.',
      leavesOut: 'Von Automaten geladene Bilder; erneutes Öffnen; Personen, die keine Messung erlauben.',
    },
    clicked: {
      label: 'Geklickt',
      counts: 'Diejenigen davon, in denen eine Person bis zu seinem Ende einem Link folgte.',
      leavesOut: 'Von Scannern aufgerufene Links; weitere Klicks; Personen, die keine Messung erlauben.',
    },
    unsubscribed: {
      label: 'Abgemeldet',
      counts: 'Diejenigen davon, über die sich eine Person bis zu seinem Ende abmeldete.',
    },
  },
  form: {
    submissions: { label: 'Ausgefüllt', counts: 'Wie oft das Formular abgeschickt wurde (form.submitted).' },
    confirmations: {
      label: 'Bestätigt',
      counts: 'Absendungen, die über den Link in einer E-Mail bestätigt wurden (Double-Opt-in).',
    },
  },
  source: {
    leads: { label: 'Leads', counts: 'Neue Leads, nach Quelle und Kampagne ihres ersten Kontakts.' },
    qualified: {
      label: 'Qualifizierte Leads',
      counts: 'Leads, die im Zeitraum reif für den Vertrieb wurden.',
    },
    customers: { label: 'Neue Kunden', counts: 'Leads, deren erster Kauf im Zeitraum liegt.' },
    revenue: {
      label: 'Umsatz',
      counts: 'Beträge der Bestellungen und gewonnenen Aufträge im Zeitraum, nach Währung.',
    },
    cost: {
      label: 'Kosten',
      counts: 'Was zum Kanal gemeldet wurde (channel.cost), nach dem angegebenen Tag.',
    },
    costPerLead: {
      label: 'Kosten je Lead',
      counts: 'Kosten ÷ neue Leads, auf die kleinste Einheit gerundet; keine Angabe ohne Leads.',
    },
    costPerCustomer: {
      label: 'Kosten je Kunde',
      counts: 'Kosten ÷ neue Kunden, auf die kleinste Einheit gerundet; keine Angabe ohne Kunden.',
    },
    return: {
      label: 'Ertrag',
      counts:
        '(Umsatz − Kosten) ÷ Kosten in derselben Währung: 1 ist das Doppelte der Kosten; keine Angabe ohne Kosten.',
    },
  },
  attribution: {
    first: {
      label: 'Erster Kontakt',
      counts: 'Ein Kauf zählt ganz für die Quelle des ersten Kontakts, wie im Umsatz nach Quelle.',
    },
    last: { label: 'Letzter Kontakt', counts: 'Ein Kauf zählt ganz für den letzten Kontakt davor.' },
    linear: { label: 'Linear', counts: 'Ein Kauf wird gleichmäßig auf alle Kontakte davor verteilt.' },
    position: {
      label: 'Nach Position',
      counts:
        '40 % für den ersten Kontakt, 40 % für den letzten, 20 % für alle dazwischen; je die Hälfte bei zweien.',
    },
    decay: {
      label: 'Abklingend',
      counts: 'Das Gewicht eines Kontakts halbiert sich mit je 7 Tagen zwischen ihm und dem Kauf.',
    },
  },
}
