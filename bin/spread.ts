import type { Spread } from '../domain/cost/scale.ts'
import { directoryParts } from '../functions/adapters/dynamo-directory.ts'
import { figureSlots } from '../functions/adapters/dynamo-email-figures.ts'
import { sendingShards } from '../functions/adapters/dynamo-sending.ts'
import { browserLists, partsOf, peopleLists } from '../functions/adapters/ranked-lists.ts'

const usual = partsOf('a list').length

/** As the adapters spread what they write; the worst case, in which everybody is in one stage and one sequence. */
export const spread: Spread = {
  L: 'by lead',
  E: 'by lead',
  V: 'by lead',
  SUPPRESSED: 'by lead',
  ASKED: 'by lead',
  'lists OF': 'by lead',
  ROWS: 'by minute',
  'lists LEADS': peopleLists('awareness').length,
  'lists VISITORS': browserLists.length,
  'lists PEOPLE name': directoryParts,
  'lists PEOPLE createdAt': directoryParts,
  'lists PEOPLE lastActivityAt': directoryParts,
  'lists PEOPLE score': directoryParts,
  'lists PEOPLE word': directoryParts,
  'lists RUNS': usual,
  'lists HANDOFFS': usual,
  'lists HELD': usual,
  'lists RETAIN': usual,
  FIGURES: figureSlots,
  SENDING: sendingShards,
  // Eight items of one key.
  COUNTS: 1,
  // One import: a thousand rows a second write half of what its partition takes.
  IMPORT: 1,
  'lists IMPORTS': usual,
  // What is done by hand, by the month.
  AUDIT: 1,
  // Turns of one team.
  TEAM: 1,
  // The pause of one sequence.
  SEQUENCE: 1,
  // The pointer to the live playbook, and what is unpacked of it once for each container.
  PLAYBOOK: 1,
}
