import type { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { membersOf } from '../../domain/lead/log.ts'
import { compareFacts, type Fact, type LeadId } from '../../domain/model/activity.ts'
import type { AppendedFact, Checkpoints, Leads, LogPlace } from '../ports.ts'
import { partitions, sorts } from '../table-schema.ts'
import { digest } from './digest.ts'
import { dynamoItems, unchangedSince } from './dynamo-items.ts'
import {
  checkpointKey,
  factItem,
  factKey,
  factOf,
  firstTimeKey,
  leadItem,
  leadKey,
  leadOf,
  packed,
  unpacked,
} from './dynamo-lead-items.ts'
import { dynamoPointers, type PointersOptions } from './dynamo-pointers.ts'

interface Span {
  /** Exclusive. */
  readonly after?: LogPlace
  /** Inclusive. */
  readonly upTo?: LogPlace
  /** @default all */
  readonly types?: readonly string[]
}

/** Facts that may still be read. */
interface Room {
  left: number
}

class TooMany extends Error {}

const isWithin = (fact: Fact, { after, upTo }: Span): boolean =>
  (after === undefined || compareFacts(fact, { ...fact, ...after }) > 0) &&
  (upTo === undefined || compareFacts(fact, { ...fact, ...upTo }) <= 0)

/** Reading a lead's log together with those of the leads that were merged into it. */
const dynamoLeadFacts = (
  client: DynamoDBClient,
  tableName: string,
): Pick<Leads, 'facts' | 'factsOf' | 'factsWithin' | 'history' | 'tail'> => {
  const items = dynamoItems(client, tableName)

  const ownFacts = async (leadId: LeadId, span: Span = {}, room?: Room): Promise<readonly Fact[]> => {
    const found: Fact[] = []
    // Page by page: a long log does not stand in memory twice.
    for await (const { Items = [] } of items.pages(factsAsked(leadId, span))) {
      for (const item of Items) {
        const fact = item.superseded === true ? undefined : factOf(item)
        if (fact && isWithin(fact, span)) found.push(fact)
      }
      if (room) room.left -= Items.length
      if (room && room.left < 0) throw new TooMany()
    }
    return found
  }

  const factsAsked = (leadId: LeadId, { after, upTo, types = [] }: Span) => {
    const names = types.map((_, index) => `:type${index}`)
    return {
      where: '#pk = :lead AND #sk BETWEEN :from AND :to',
      filter: types.length > 0 ? `#type IN (${names.join(', ')})` : undefined,
      // What `factOf` reads: the keys are a third of a small fact.
      fields: 'id, #type, occurredAt, email, recordedAt, properties, superseded',
      values: {
        lead: partitions.lead(leadId),
        // `$` follows `#`: everything of that moment, whatever its id.
        from: `${sorts.fact}${after?.occurredAt ?? ''}`,
        to: upTo ? `${sorts.fact}${upTo.occurredAt}$` : 'A$',
        ...Object.fromEntries(types.map((type, index) => [`type${index}`, type])),
      },
      ConsistentRead: true,
    }
  }

  const memberFacts = async (member: LeadId, span?: Span): Promise<readonly Fact[]> =>
    (await ownFacts(member, span)).map((fact) => ({ ...fact, member }))

  const withMembers = async (
    leadId: LeadId,
    members: readonly LeadId[],
    span: Span,
  ): Promise<readonly Fact[]> => {
    const logs = await Promise.all([
      ownFacts(leadId, span),
      ...members.map((member) => memberFacts(member, span)),
    ])
    // DynamoDB sorts by UTF-8 bytes, the domain by UTF-16 units: they differ in rare ids.
    return logs.flat().sort(compareFacts)
  }

  const history = async (leadId: LeadId, room?: Room) => {
    const own = await ownFacts(leadId, {}, room)
    const facts = [...own]
    const members: LeadId[] = []
    let open = membersOf(own).members
    while (open.length > 0) {
      const fresh = open.filter((member) => member !== leadId && !members.includes(member))
      members.push(...fresh)
      const logs = await Promise.all(
        fresh.map(async (member) => ({ member, log: await ownFacts(member, {}, room) })),
      )
      facts.push(...logs.flatMap(({ member, log }) => log.map((fact) => ({ ...fact, member }))))
      open = logs.flatMap(({ log }) => membersOf(log).members)
    }
    return { facts: facts.sort(compareFacts), members }
  }

  return {
    history: (leadId) => history(leadId),
    factsWithin: async (leadId, most) => {
      try {
        return (await history(leadId, { left: most })).facts
      } catch (error) {
        if (error instanceof TooMany) return undefined
        throw error
      }
    },
    factsOf: (leadId, members, types) => withMembers(leadId, members, { types }),
    tail: (leadId, after, members) => withMembers(leadId, members, { after }),
    facts: async (leadId, upTo) => {
      if (upTo === undefined) return (await history(leadId)).facts
      // The part of the log up to there need not tell yet who was merged.
      const item = await items.get(leadKey(leadId))
      return withMembers(leadId, (item && leadOf(item).members) ?? [], { upTo })
    },
  }
}

/** What the item of an id tells. */
interface KnownTime {
  /** Where the fact stands. */
  readonly occurredAt: string
  /** Where it stood first. Whoever moved it may have died before the state was folded anew: a repeat tells that from here. */
  readonly written: string
}

/** Writing to a lead's log: an item for each fact, and one for its id that holds its time. */
const dynamoAppend = (client: DynamoDBClient, tableName: string): Pick<Leads, 'append' | 'firstTime'> => {
  const items = dynamoItems(client, tableName)

  const timeOf = async (leadId: LeadId, factId: string): Promise<KnownTime | undefined> => {
    const { occurredAt, written = occurredAt } = (await items.get(firstTimeKey(leadId, factId))) ?? {}
    return typeof occurredAt === 'string' ? { occurredAt, written: String(written) } : undefined
  }

  /** @returns the time that stood there before. */
  const settleTime = async (leadId: LeadId, fact: Fact): Promise<KnownTime | undefined> => {
    const isNew = await items.putNew({ ...firstTimeKey(leadId, fact.id), occurredAt: fact.occurredAt })
    return isNew ? undefined : timeOf(leadId, fact.id)
  }

  const write = (leadId: LeadId, fact: Fact): Promise<boolean> => items.putNew(factItem(leadId, fact))

  /** A function that dies within it may leave the one without the other: then the fact is taken as one that is known, or once more. */
  const appendUnknown = async (leadId: LeadId, fact: Fact): Promise<AppendedFact> => {
    const { id, occurredAt } = fact
    await Promise.all([{ ...firstTimeKey(leadId, id), occurredAt }, factItem(leadId, fact)].map(items.write))
    return fact
  }

  /** Reading a log leaves it out from now on: the same fact stands in an earlier place. */
  const supersede = async (leadId: LeadId, fact: Fact): Promise<void> => {
    await items.update(factKey(leadId, fact), { set: { superseded: true }, when: 'attribute_exists(id)' })
  }

  const moveFirstTime = async (
    leadId: LeadId,
    { id, occurredAt }: Fact,
    { written }: KnownTime,
  ): Promise<void> => {
    await items.update(firstTimeKey(leadId, id), {
      set: { occurredAt, written },
      when: 'occurredAt > :earlier',
      values: { earlier: occurredAt },
    })
  }

  /**
   * What came first with an id, which stands at its known time; what comes later with it says nothing else.
   * @returns the fact given where the writer that came first died before it.
   */
  const firstCome = async (leadId: LeadId, fact: Fact, known: string): Promise<Fact> => {
    const place = { ...fact, occurredAt: known }
    const item = await items.get(factKey(leadId, place))
    return item ? factOf(item) : place
  }

  /** Puts into the place of `fact` what it says, over anything written there; what is superseded stays so. */
  const rewrite = async (leadId: LeadId, fact: Fact): Promise<void> => {
    const key = factKey(leadId, fact)
    const content = Object.entries(factItem(leadId, fact)).filter(([name]) => !Object.hasOwn(key, name))
    const absent = content.filter(([, value]) => value === undefined).map(([name]) => name)
    await items.update(key, { set: Object.fromEntries(content), remove: absent })
  }

  /** Its id stood already with another time. Every step may be repeated; the id's item, that tells of the two times, is last. */
  const reconcile = async (leadId: LeadId, fact: Fact, known: KnownTime): Promise<Fact> => {
    const first = await firstCome(leadId, fact, known.occurredAt)
    if (known.occurredAt === fact.occurredAt) return first
    if (known.occurredAt < fact.occurredAt) {
      await write(leadId, first)
      await supersede(leadId, fact)
      return first
    }
    const moved = { ...first, occurredAt: fact.occurredAt }
    await rewrite(leadId, moved)
    await supersede(leadId, first)
    await moveFirstTime(leadId, moved, known)
    return moved
  }

  /** The time is settled first: it decides where the fact stands. */
  const appendAssumed = async (leadId: LeadId, fact: Fact): Promise<AppendedFact> => {
    const known = await settleTime(leadId, fact)
    const settled = known === undefined ? fact : await firstCome(leadId, fact, known.occurredAt)
    await write(leadId, settled)
    return known === undefined ? settled : { ...settled, known: known.written }
  }

  /** Id and fact go out together; only where the id stood already there is more to do. */
  const appendTimed = async (leadId: LeadId, fact: Fact): Promise<AppendedFact> => {
    const [known] = await Promise.all([settleTime(leadId, fact), write(leadId, fact)])
    if (known === undefined) return fact
    return { ...(await reconcile(leadId, fact, known)), known: known.written }
  }

  return {
    firstTime: async (leadId, factId) => (await timeOf(leadId, factId))?.written,
    append: (leadId, facts) =>
      Promise.all(
        facts.map(({ timeAssumed = false, isUnknown = false, ...fact }) => {
          if (isUnknown) return appendUnknown(leadId, fact)
          return timeAssumed ? appendAssumed(leadId, fact) : appendTimed(leadId, fact)
        }),
      ),
  }
}

/** All of `Leads` that needs no secret: for functions that know the lead they mean. */
export const dynamoLeadLog = (
  client: DynamoDBClient,
  tableName: string,
): Omit<Leads, 'identify' | 'find' | 'guess'> => {
  const items = dynamoItems(client, tableName)

  return {
    ...dynamoAppend(client, tableName),
    ...dynamoLeadFacts(client, tableName),

    load: async (leadId) => {
      const item = await items.get(leadKey(leadId))
      return item && leadOf(item)
    },

    commit: async (lead, rank) => {
      await items.putAt(leadItem(lead, rank), lead.version)
      return { ...lead, version: lead.version + 1 }
    },

    noteLack: async ({ leadId, version, lacked }) => {
      if (lacked === undefined) return Number((await items.get(leadKey(leadId)))?.version ?? 0) === version
      const noted = { set: { version: version + 1 }, remove: ['lacked'], ...unchangedSince(version) }
      return (await items.update(leadKey(leadId), noted)) !== undefined
    },

    clearOutbox: (leadId, version) => items.clearOutbox(leadKey(leadId), version, ['owedWakes']),
  }
}

export const dynamoLeads = (options: PointersOptions): Leads => {
  const log = dynamoLeadLog(options.client, options.tableName)
  const pointers = dynamoPointers(options)

  const find: Leads['find'] = async (subject) => {
    if ('leadId' in subject) {
      const lead = await log.load(subject.leadId)
      return lead && { leadId: lead.leadId, ...(lead.email === undefined ? {} : { email: lead.email }) }
    }
    const pointed = await pointers.find(subject)
    return pointed && { ...pointed, ...('email' in subject && { email: subject.email }) }
  }

  return {
    ...log,
    find,
    guess: (subject) => ('leadId' in subject ? subject.leadId : pointers.guess(subject)),
    identify: async (subject, asOf, isUnknown = false) => {
      const known = isUnknown ? undefined : await find(subject)
      if (known || 'leadId' in subject) return known
      const claimed = await pointers.claim(subject, asOf)
      return claimed && { ...claimed, ...('email' in subject && { email: subject.email }) }
    },
  }
}

/** One item for each slot of a lead. Writers overwrite each other: the digest tells whose state stands there. */
export const dynamoCheckpoints = (client: DynamoDBClient, tableName: string): Checkpoints => {
  const items = dynamoItems(client, tableName)
  return {
    keep: async (leadId, slot, state) => {
      const text = JSON.stringify(state)
      await items.put({ ...checkpointKey(leadId, slot), state: packed(state) })
      return { slot, digest: digest(text), last: state.last }
    },
    load: async (leadId, ref) => {
      const text = unpacked((await items.get(checkpointKey(leadId, ref.slot)))?.state)
      return text !== undefined && digest(text) === ref.digest ? JSON.parse(text) : undefined
    },
  }
}
