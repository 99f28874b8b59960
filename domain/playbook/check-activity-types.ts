import { nearestName } from '../did-you-mean.ts'
import { type ActivityMention, activityMentions } from './activity-mentions.ts'
import type { Fault } from './fault.ts'
import { activityTypePattern } from './schema/common-schema.ts'
import type { YamlFile } from './yaml-file.ts'

/** Facts about other facts, which the system takes as well as any program. */
const ofTheSystem = ['activity.voided', 'lead.merged', 'lead.unmerged']

/** A type that is named twice, and of which something follows, is no slip. */
const isEstablished = (mentions: readonly ActivityMention[]): boolean =>
  mentions.length > 1 && mentions.some(({ acted }) => acted)

/**
 * Activity types that nothing here ever produces: warnings, since a program of the user's own may. Each name once, at its
 * first place. Those so near to a known name that they are told as slips are left to that.
 * @param known built-in types, and those that forms record.
 */
export const checkActivityTypes = (
  files: readonly (YamlFile | undefined)[],
  known: readonly string[],
): readonly Fault[] =>
  [...Map.groupBy(activityMentions(files), ({ type }) => type)].flatMap(([type, mentions]) => {
    const [first] = mentions
    const isNew = !known.includes(type) && !ofTheSystem.includes(type) && activityTypePattern.test(type)
    if (first === undefined || !isNew || isEstablished(mentions) || nearestName(type, known) !== undefined)
      return []
    const { yaml, path, offset } = first
    const message = `nothing here produces "${type}": it must come from your own programs`
    return [yaml.fault(path, message, { severity: 'warning', ...(offset === undefined ? {} : { offset }) })]
  })
