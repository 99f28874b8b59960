import { stageIds } from '../../domain/funnel/funnel-rules.ts'
import type { Lead } from '../ports.ts'
import { partsOf, shardFor } from './ranked-lists.ts'

/**
 * A list for each stage with those who have an address, and one for all browsers without one: those are the most, and no
 * page of leads is to read past them. A list of everybody asks each part of each stage: they stand in few parts.
 */
const stageParts = 4
const browserParts = 16
const browsers = 'VISITORS'

const stageList = (stage: string): string => `LEADS#${stage}`

const stagesOf = (stage: string | undefined): readonly string[] => (stage === undefined ? stageIds : [stage])

/** Where a lead in `stage` stands. */
export const leadListFor = ({ leadId, email }: Pick<Lead, 'leadId' | 'email'>, stage: string): string =>
  email === undefined
    ? shardFor(browsers, leadId, browserParts)
    : shardFor(stageList(stage), leadId, stageParts)

export const peopleLists = (stage?: string): readonly string[] =>
  stagesOf(stage).flatMap((id) => partsOf(stageList(id), stageParts))

export const browserLists: readonly string[] = partsOf(browsers, browserParts)

/** Earlier releases spread a stage over sixteen parts, and over none before, browsers among them; each lead leaves them with its next commit. */
const formerParts = 16

const unspread = (stage?: string): readonly string[] => stagesOf(stage).map(stageList)

/** What nothing is written to any more. */
export const formerLists = (stage?: string): readonly string[] => [
  ...unspread(stage),
  ...stagesOf(stage).flatMap((id) => partsOf(stageList(id), formerParts).slice(stageParts)),
]

/** Parts of all lists that are gone through side by side: the unspread lists, and a lead's own one, wherever it stands. */
export const leadLanes = 1 + stageParts

/** All lists of a lane. */
export const laneLists = (lane: number): readonly string[] => {
  if (lane === 0) return unspread()
  const ofLane = (list: string, parts: number): readonly string[] =>
    partsOf(list, parts).filter((_, part) => part % stageParts === lane - 1)
  return lane < leadLanes
    ? [...stageIds.flatMap((id) => ofLane(stageList(id), formerParts)), ...ofLane(browsers, browserParts)]
    : []
}
