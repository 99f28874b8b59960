import type { ScoringTexts } from './en-scoring.ts'

export const deScoring: ScoringTexts = {
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
