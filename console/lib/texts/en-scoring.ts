import type { BandGroup } from '../../../domain/backtest/summary.ts'

const groups: Readonly<Record<BandGroup, string>> = {
  all: 'All leads, as they stand now',
  good: 'Those sales took or won, when it did',
  bad: 'Those sales rejected or lost, when it did',
}

/** Of trying out a draft of the scoring; the rest of the console's texts is in `en.ts`. */
export const enScoring = {
  backtest: {
    title: 'The draft on trial',
    about: 'Replays all that your leads have done under the draft. Nothing is changed, and nobody is told.',
    noDraft:
      'There is no draft. Change points in the playbook, or put the proposal into the draft, and try it here before it is live.',
    run: 'Replay all leads',
    again: 'Replay again',
    stop: 'Stop',
    progress: (done: string, all: string) => `${done} of ${all} leads`,
    outdated: 'The draft has been saved since: replay again.',
    nobody: 'There are no leads to replay yet.',
    judged: (leads: string, judged: string) => `${leads} leads replayed; sales has judged ${judged} of them.`,
    columns: { what: 'What', live: 'Live', draft: 'Draft' },
    figures: {
      handedOver: 'Handed over',
      right: 'Of these, taken or won',
      wrong: 'Of these, rejected or lost',
      missed: 'Taken or won, but not handed over in time',
      precision: 'Sales takes of what it gets',
      recall: 'Of the good ones, handed over in time',
      lift: 'Lift: how much more often than of all judged',
    },
    compared: 'Live and draft compared',
    bands: 'Where leads would stand',
    groups,
    moved: (newly: string, noLonger: string) =>
      `Under the draft ${newly} would be handed over who are not now, and ${noLonger} would not who are.`,
    sooner: (days: string) => `Leads that sales took would come to it ${days} days sooner (median).`,
    later: (days: string) => `Leads that sales took would come to it ${days} days later (median).`,
    biased: 'Sales judges what it is given: of whom the live rules leave out, little is known.',
    examples: 'The largest changes',
    lead: 'Lead',
    score: 'Score',
    band: 'Band',
  },
}

export type ScoringTexts = typeof enScoring
