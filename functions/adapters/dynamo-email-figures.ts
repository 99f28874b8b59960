import type { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import type { Outcome } from '../../domain/feedback/ses-feedback.ts'
import {
  type CounterChanges,
  counters,
  countersMoved,
  type EmailFigure,
  figureOf,
} from '../../domain/sending/email-figures.ts'
import type { CountedEmail, EmailFigures, Send, SendMark, SendReports } from '../send-ports.ts'
import { partitions, table } from '../table-schema.ts'
import { dynamoItems, type Item, type Key, keyIn, keyOf, sortOf } from './dynamo-items.ts'
import {
  attributeOf,
  countedMark,
  heldList,
  heldRankPrefix,
  isCounted,
  sendKey,
  sendOf,
  sequenceList,
} from './dynamo-send-items.ts'
import { rankedLists, shardFor, withUnspread } from './ranked-lists.ts'
import { ownSlot } from './system.ts'

/** An email's counters are spread over as many items: each takes a thousand writes a second. */
export const figureSlots = 4

const countedEmail = ({ email, request }: Send): CountedEmail => ({
  email,
  sequence: request.run?.sequence ?? '-',
})

const placeOf = ({ email, sequence }: CountedEmail, slot: number): Key =>
  keyOf(partitions.emailFigures(`${sequence}#${slot}`), email)

/**
 * What became of emails, counted as sends change: a report reads as many items as a sequence has emails, however many were
 * sent. A function that dies between a send and its count is off by one, for good; that is rare, and nothing depends on it.
 */
export const countEmails = (client: DynamoDBClient, tableName: string) => {
  const add = async ({ email, sequence }: CountedEmail, changes: CounterChanges): Promise<void> => {
    if (Object.keys(changes).length === 0) return
    const key = placeOf({ email, sequence }, ownSlot(figureSlots))
    await dynamoItems(client, tableName).count(key, { ...changes })
  }
  return {
    add,
    /** @param item of the send as it was, if there was one; `after`: as it is, undefined where it is gone. */
    move: async (item: Item | undefined, after: Send | undefined): Promise<void> => {
      const before = item && isCounted(item) ? sendOf(item) : undefined
      const send = after ?? before
      if (send) await add(countedEmail(send), countersMoved(before, after))
    },
  }
}

export const dynamoEmailFigures = (
  client: DynamoDBClient,
  tableName: string,
): Omit<EmailFigures, 'countInEarlier'> => ({
  ofSequence: async (sequence) => {
    const items = await Promise.all(
      Array.from({ length: figureSlots }, (_, slot) =>
        dynamoItems(client, tableName).all({
          where: '#pk = :figures',
          values: { figures: partitions.emailFigures(`${sequence}#${slot}`) },
        }),
      ),
    )
    const byEmail = Map.groupBy(items.flat(), sortOf)
    return new Map(
      [...byEmail]
        .toSorted(([one], [other]) => (one < other ? -1 : 1))
        .map(([email, parts]): [string, EmailFigure] => [email, figureOf(parts.map(countsIn))]),
    )
  },

  ofEmail: async (counted) => {
    const { get } = dynamoItems(client, tableName)
    const slots = Array.from({ length: figureSlots }, (_, slot) => get(placeOf(counted, slot)))
    return figureOf((await Promise.all(slots)).flatMap((item) => (item ? [countsIn(item)] : [])))
  },
})

const countsIn = (item: Item): CounterChanges =>
  Object.fromEntries(
    counters.flatMap((counter) => (typeof item[counter] === 'number' ? [[counter, item[counter]]] : [])),
  )

/** Earlier sends that one request counts in: a second's work. */
const atOnce = 100

/** Counts in sends that earlier releases wrote, which stand in lists that those of this one do not stand in. */
export const countInEarlierSends = (
  client: DynamoDBClient,
  tableName: string,
): EmailFigures['countInEarlier'] => {
  const ranked = rankedLists(client, tableName)
  const items = dynamoItems(client, tableName)
  const { add } = countEmails(client, tableName)

  /** @returns the send where this has marked it as counted: it stood as it was read, and nobody else has. */
  const mark = async (item: Item): Promise<Send | undefined> => {
    const send = sendOf(item)
    const isHeld = send.status === 'held'
    const { partitionKey, sortKey } = table.lists
    const marked = await items.update(keyIn(item), {
      set: { [countedMark]: true, ...(isHeld && { [partitionKey]: shardFor(heldList, send.leadId) }) },
      remove: isHeld ? [] : [partitionKey, sortKey],
      when: `#status = :status AND attribute_not_exists(#${countedMark})`,
      values: { status: send.status },
    })
    return marked && send
  }

  return async (sequence) => {
    const prefix = heldRankPrefix(sequence)
    const asked = { order: 'ascending', limit: atOnce } as const
    const [held, others] = await Promise.all([
      ranked({ ...asked, lists: [heldList], between: [prefix, `${prefix}~`] }),
      ranked({ ...asked, lists: withUnspread(sequenceList(sequence)) }),
    ])
    const found = await Promise.all([held, others].map(({ rows }) => items.listed(rows)))
    const marked = await Promise.all(
      found
        .flat()
        .filter((item) => !isCounted(item))
        .map(mark),
    )
    const sends = marked.flatMap((send) => send ?? [])
    for (const [email, those] of Map.groupBy(sends, (send) => send.email)) {
      const { requested: _, ...changes } = figureOf(those.map((send) => countersMoved(undefined, send)))
      const changed = Object.entries(changes).filter(([, by]) => by > 0)
      await add({ email, sequence }, Object.fromEntries(changed))
    }
    return { isAll: held.next === undefined && others.next === undefined }
  }
}

/** Notes on a send what was reported of it, and that it is counted; what is known stays. */
const note = ({ at }: Outcome, marks: readonly SendMark[]) => ({
  set: { [countedMark]: true },
  setNew: {
    reportedAt: at,
    ...Object.fromEntries(marks.map(({ mark, at: since }) => [attributeOf(mark), since])),
  },
  when: 'attribute_exists(#pk)',
})

/** Settles a claim whose sender died before it could. */
const settle = ({ at, messageId }: Outcome) => ({
  set: { status: 'sent', at, messageId },
  when: '#status = :claimed',
  values: { claimed: 'claimed' },
})

/** SES took the message, and refused it afterwards (a virus, a template that does not render). */
const fail = ({ at, messageId, reason = 'rejected' }: Outcome) => ({
  set: { status: 'failed', at, messageId, reason, [countedMark]: true },
  when: '#status IN (:claimed, :sent) OR (#status = :failed AND #messageId = :message)',
  values: { message: messageId, failed: 'failed', claimed: 'claimed', sent: 'sent' },
})

/** Reports on sends, as marks on their items. One about a send that is not there changes nothing. */
export const dynamoSendReports = (client: DynamoDBClient, tableName: string): SendReports => {
  /** @returns the item as it was before; undefined where the condition does not hold. */
  const change = (
    { leadId, sendId }: Outcome,
    made: ReturnType<typeof note | typeof settle | typeof fail>,
  ): Promise<Item | undefined> =>
    dynamoItems(client, tableName).update(sendKey(leadId, sendId), { ...made, shown: 'ALL_OLD' })

  /** Counts what has come of a send. */
  const count = async (before: Item | undefined, after: Partial<Send>): Promise<Send | undefined> => {
    if (!before) return undefined
    const send = { ...sendOf(before), ...after }
    await countEmails(client, tableName).move(before, send)
    return send
  }

  return {
    report: async (outcome, marks) => {
      const before = await change(outcome, note(outcome, marks))
      if (!before) return false
      // As a rule the sender has settled it.
      if (before.status === 'claimed') await change(outcome, settle(outcome))
      const send = sendOf(before)
      const isOut = send.status === 'claimed' || send.status === 'sent'
      const fresh = marks.filter(({ mark }) => before[attributeOf(mark)] === undefined)
      await countEmails(client, tableName).add(countedEmail(send), {
        ...(isOut && !isCounted(before) && countersMoved(undefined, { ...send, status: 'sent' })),
        ...Object.fromEntries(fresh.map(({ mark }) => [mark, 1])),
      })
      return before.reportedAt === undefined
    },

    fail: async (outcome) => {
      const { at, messageId, reason = 'rejected' } = outcome
      return count(await change(outcome, fail(outcome)), { status: 'failed', at, messageId, reason })
    },
  }
}
