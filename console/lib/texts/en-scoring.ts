import type { BandGroup } from '../../../domain/backtest/summary.ts'

const groups: Readonly<Record<BandGroup, string>> = {
  all: 'All leads, as they stand now',
  good: 'Those sales took or won, when it did',
  bad: 'Those sales rejected or lost, when it did',
}

/** Of scoring, and of trying out a draft of it; the rest of the console's texts is in `en.ts`. */
export const enScoring = {
  scoring: {
    about: 'What a lead gets points for, and what the answers of sales say of each rule.',
    learned: 'What sales’ answers say',
    quality: (judged: string, today: string, proposed: string) =>
      `Of two leads, today’s score puts the better one first in ${today} of 100 cases, the proposed points in ${proposed}. Judged: ${judged} handoffs.`,
    tooFew: (judged: string, ofJudged: string, rarer: string, ofRarer: string) =>
      `Too early to say: ${judged} of ${ofJudged} judged handoffs, ${rarer} of ${ofRarer} with the rarer outcome.`,
    asOf: 'As of',
    running: 'Being calculated anew.',
    proposals: {
      none: 'Nothing is proposed.',
      open: 'Other points are proposed.',
      outdated: 'The playbook has changed since; recalculate for a proposal.',
    },
    declined: (reason: string) => `The proposal was declined: ${reason}`,
    does: {
      calibrate: {
        button: 'Recalculate',
        title: 'Recalculate?',
        more: 'Every judged handoff is looked at again. Nothing changes by itself.',
        done: 'It is being calculated; the page shows it as soon as it is there.',
      },
      draft: {
        button: 'Put into the draft',
        title: 'Put the proposal into the draft?',
        more: 'Points, half-lives, bands and threshold are written into the draft of the playbook. Nothing is live before it is published.',
        done: 'It stands in the draft.',
      },
      decline: {
        button: 'Decline',
        title: 'Decline the proposal?',
        more: 'It is not made again while it says the same.',
        done: 'Declined, and remembered.',
      },
    },
    wanted: 'Handoffs a week that sales wants',
    wantedHint: 'Without a number, as many as sales accepts now.',
    reason: 'Why',
    evidence: 'Each rule',
    columns: { rule: 'Rule', leads: 'Leads', lift: 'Lift', points: 'Points', halfLife: 'Half-life' },
    unknown: 'where unknown',
    expression: 'a formula',
    liftMeans:
      'Lift: how much more often sales takes leads with the rule, with the range in which it lies with 95 % certainty. Nothing is known of leads that were never handed over.',
    threshold: 'Threshold',
    thresholdOf: (points: string, precision: string, recall: string, perWeek: string) =>
      `Today ${points}: sales takes ${precision} of what it gets, ${recall} of the good ones get there, ${perWeek} handoffs a week.`,
    thresholdTo: (points: string, precision: string, recall: string, perWeek: string) =>
      `Proposed ${points}: ${precision}, ${recall}, ${perWeek} a week.`,
    rules: 'The rules as they are written',
  },

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
