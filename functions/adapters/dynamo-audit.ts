import type { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import type { AuditEntry, AuditLog, AuditPlace, AuditQuery } from '../audit-ports.ts'
import { partitions } from '../table-schema.ts'
import { dynamoItems, isNew, keyOf } from './dynamo-items.ts'

const rankOf = ({ at, id }: AuditPlace): string => `${at}#${id}`

/** What one page may read, whatever it filters by: the usual year begins on the last day of a fourteenth month, read on the first of one. */
const mostMonths = 14
const mostRead = 1_000
/** Sorts after every id. */
const last = '\uffff'

/** A partition for each month: people's clicks are far fewer than one takes. */
const monthOf = (at: string): string => at.slice(0, 7)

const monthBefore = (month: string): string => {
  const [year = 0, number = 1] = month.split('-').map(Number)
  const before = number === 1 ? { year: year - 1, number: 12 } : { year, number: number - 1 }
  return `${before.year}-${String(before.number).padStart(2, '0')}`
}

export const dynamoAudit = (client: DynamoDBClient, tableName: string): AuditLog => {
  const log = dynamoItems(client, tableName)

  /** Newest first, before `end`. */
  const ofMonth = async (month: string, from: string, end: string, limit: number) => {
    const { Items = [], LastEvaluatedKey } = await log.page({
      where: '#pk = :month AND #sk BETWEEN :from AND :end',
      values: { month: partitions.audit(month), from, end },
      ScanIndexForward: false,
      ConsistentRead: true,
      Limit: limit,
    })
    const entries = Items.map((item): AuditEntry => JSON.parse(String(item.entry)))
    return { entries, isWhole: LastEvaluatedKey === undefined }
  }

  const page = async ({ from, before, now, limit, matches }: AuditQuery) => {
    const items: AuditEntry[] = []
    let at: AuditPlace = before ?? { at: now, id: last }
    let read = 0
    for (let months = 0; monthOf(at.at) >= monthOf(from); ) {
      const month = monthOf(at.at)
      const found = await ofMonth(month, from, rankOf(at), limit + 1)
      for (const entry of found.entries) {
        if (rankOf(entry) === rankOf(at)) continue
        if (items.length === limit) return { items, next: at }
        if (matches(entry)) items.push(entry)
        at = entry
      }
      read += found.entries.length
      if (found.isWhole) {
        months += 1
        at = { at: `${monthBefore(month)}-31T23:59:59.999Z`, id: last }
      }
      const isOver = monthOf(at.at) < monthOf(from)
      if (!isOver && (months >= mostMonths || read >= mostRead)) return { items, next: at }
    }
    return { items }
  }

  return {
    add: async (entry) => {
      const key = keyOf(partitions.audit(monthOf(entry.at)), rankOf(entry))
      if (!(await log.put({ ...key, entry: JSON.stringify(entry) }, isNew)))
        throw new Error(`audit entry ${entry.id} stands already`)
    },
    page,
  }
}
