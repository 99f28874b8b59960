import type { ScoringTexts } from './en-scoring.ts'

export const deScoring: ScoringTexts = {
  scoring: {
    about: 'Wofür ein Lead Punkte bekommt, und was die Antworten des Vertriebs über jede Regel sagen.',
    learned: 'Was die Antworten des Vertriebs sagen',
    quality: (judged, today, proposed) =>
      `Von zwei Leads stellt der heutige Score den besseren in ${today} von 100 Fällen voran, die vorgeschlagenen Punkte in ${proposed}. Beurteilt: ${judged} Übergaben.`,
    tooFew: (judged, ofJudged, rarer, ofRarer) =>
      `Noch zu früh: ${judged} von ${ofJudged} beurteilten Übergaben, ${rarer} von ${ofRarer} mit dem selteneren Ausgang.`,
    asOf: 'Berechnet',
    running: 'Wird gerade neu berechnet.',
    proposals: {
      none: 'Es gibt keinen Vorschlag.',
      open: 'Andere Punkte sind vorgeschlagen.',
      outdated: 'Das Playbook hat sich seither geändert; für einen Vorschlag neu berechnen.',
    },
    declined: (reason) => `Der Vorschlag wurde abgelehnt: ${reason}`,
    does: {
      calibrate: {
        button: 'Neu berechnen',
        title: 'Neu berechnen?',
        more: 'Jede beurteilte Übergabe wird neu angesehen. Von selbst ändert sich nichts.',
        done: 'Die Berechnung läuft; das Ergebnis erscheint auf dieser Seite.',
      },
      draft: {
        button: 'In den Entwurf',
        title: 'Vorschlag in den Entwurf übernehmen?',
        more: 'Punkte, Halbwertszeiten, Bänder und Schwelle stehen dann im Entwurf des Playbooks. Vor der Veröffentlichung gilt nichts davon.',
        done: 'Es steht im Entwurf.',
      },
      decline: {
        button: 'Ablehnen',
        title: 'Vorschlag ablehnen?',
        more: 'Er kommt nicht wieder, solange er dasselbe sagt.',
        done: 'Abgelehnt und gemerkt.',
      },
    },
    wanted: 'Übergaben je Woche, die der Vertrieb will',
    wantedHint: 'Ohne Zahl so viele, wie der Vertrieb jetzt annimmt.',
    reason: 'Warum',
    evidence: 'Jede Regel',
    columns: { rule: 'Regel', leads: 'Leads', lift: 'Lift', points: 'Punkte', halfLife: 'Halbwertszeit' },
    unknown: 'wo unbekannt',
    expression: 'eine Formel',
    liftMeans:
      'Lift: wie viel öfter der Vertrieb Leads mit der Regel nimmt, mit dem Bereich, in dem er mit 95 % Sicherheit liegt. Über nie übergebene Leads ist nichts bekannt.',
    threshold: 'Schwelle',
    thresholdOf: (points, precision, recall, perWeek) =>
      `Heute ${points}: Der Vertrieb nimmt ${precision} von dem, was er bekommt, ${recall} der guten kommen bei ihm an, ${perWeek} Übergaben je Woche.`,
    thresholdTo: (points, precision, recall, perWeek) =>
      `Vorgeschlagen ${points}: ${precision}, ${recall}, ${perWeek} je Woche.`,
    rules: 'Die Regeln, wie sie geschrieben sind',
  },

  backtest: {
    title: 'Der Entwurf auf Probe',
    about:
      'Spielt alles, was Ihre Leads getan haben, mit dem Entwurf nach. Es ändert sich nichts, und niemand erfährt davon.',
    noDraft:
      'Es gibt keinen Entwurf. Ändern Sie Punkte im Playbook oder übernehmen Sie den Vorschlag in den Entwurf, und probieren Sie ihn hier, bevor er gilt.',
    run: 'Alle Leads nachspielen',
    again: 'Erneut nachspielen',
    stop: 'Anhalten',
    progress: (done, all) => `${done} von ${all} Leads`,
    outdated: 'Der Entwurf wurde seither gespeichert: bitte erneut nachspielen.',
    nobody: 'Es gibt noch keine Leads.',
    judged: (leads, judged) => `${leads} Leads nachgespielt; ${judged} davon hat der Vertrieb beurteilt.`,
    columns: { what: 'Was', live: 'Jetzt', draft: 'Entwurf' },
    figures: {
      handedOver: 'Übergeben',
      right: 'Davon angenommen oder gewonnen',
      wrong: 'Davon abgelehnt oder verloren',
      missed: 'Angenommen oder gewonnen, aber nicht rechtzeitig übergeben',
      precision: 'So viel nimmt der Vertrieb von dem, was er bekommt',
      recall: 'So viele der guten kommen rechtzeitig zu ihm',
      lift: 'Lift: wie viel öfter als bei allen beurteilten',
    },
    compared: 'Jetzt und Entwurf im Vergleich',
    bands: 'Wo Leads stünden',
    groups: {
      all: 'Alle Leads, wie sie jetzt stehen',
      good: 'Die der Vertrieb annahm oder gewann, als er es tat',
      bad: 'Die der Vertrieb ablehnte oder verlor, als er es tat',
    },
    moved: (newly, noLonger) =>
      `Mit dem Entwurf würden ${newly} übergeben, die es jetzt nicht werden, und ${noLonger} nicht mehr, die es jetzt werden.`,
    sooner: (days) => `Leads, die der Vertrieb annahm, kämen ${days} Tage früher zu ihm (Median).`,
    later: (days) => `Leads, die der Vertrieb annahm, kämen ${days} Tage später zu ihm (Median).`,
    biased:
      'Der Vertrieb beurteilt, was er bekommt: Über Leads, die die geltenden Regeln auslassen, ist wenig bekannt.',
    examples: 'Die größten Änderungen',
    lead: 'Lead',
    score: 'Score',
    band: 'Band',
  },
}
