import type { Playbook } from '../../domain/model/playbook.ts'
import { type Forecast, forecastRun } from '../../domain/sequence/forecast.ts'
import type { Clock, Playbooks, RunList } from '../ports.ts'
import type { SendLists } from '../send-ports.ts'
import type { ApiResult } from './api-request.ts'

interface ForecastPorts {
  readonly playbooks: Pick<Playbooks, 'current' | 'version'>
  readonly runList: RunList
  readonly sendLists: SendLists
  readonly clock: Clock
}

const days = 14
const dayLength = 86_400_000
/** Runs of a sequence, and held emails, that one answer looks at: beyond, those stand for all. */
const mostLooked = 500
const pageSize = 100

interface Looked<One> {
  readonly items: readonly One[]
  readonly isAll: boolean
}

const look = async <One>(
  page: (cursor?: string) => Promise<{ readonly items: readonly One[]; readonly next?: string }>,
): Promise<Looked<One>> => {
  const items: One[] = []
  let cursor: string | undefined
  do {
    const found = await page(cursor)
    items.push(...found.items)
    cursor = found.next
  } while (cursor !== undefined && items.length < mostLooked)
  return { items, isAll: cursor === undefined }
}

/** So many runs stand for one that was looked at. */
interface Weighed extends Forecast {
  readonly weight: number
}

const makeForecastSequence = ({ playbooks, runList }: ForecastPorts, playbook: Playbook, until: string) => {
  const zone = playbook.settings.timeZone
  return async (
    sequence: string,
  ): Promise<{ readonly emails: readonly Weighed[]; readonly isAll: boolean }> => {
    const { items, isAll } = await look((cursor) =>
      runList.page({
        sequence,
        status: 'waiting',
        limit: pageSize,
        ...(cursor !== undefined && { cursor }),
      }),
    )
    const weight = isAll ? 1 : (await runList.counts(sequence)).waiting / items.length
    const emails = await Promise.all(
      items.map(async (run) => {
        // A lead finishes in the version in which it began.
        const { sequences } = await playbooks.version(run.playbookVersion)
        const own = sequences[sequence]
        return own ? forecastRun(run, own, { until, zone }).map((one) => ({ ...one, weight })) : []
      }),
    )
    return { emails: emails.flat(), isAll }
  }
}

const dayOf = (at: string, now: string): number =>
  Math.max(0, Math.floor((Date.parse(at) - Date.parse(now)) / dayLength))

const sum = (emails: readonly Weighed[]): { readonly sure: number; readonly possible: number } => {
  const count = (isSure: boolean): number =>
    Math.round(emails.reduce((all, one) => all + (one.isSure === isSure ? one.weight : 0), 0))
  return { sure: count(true), possible: count(false) }
}

/**
 * `GET /api/forecast`: emails of the next fourteen days, from runs that wait and emails that are held. `sure`: no condition lies
 * on the way; `possible`: one does. By days of 24 hours from now on.
 */
export const makeForecast = (ports: ForecastPorts) => async (): Promise<ApiResult> => {
  const now = ports.clock()
  const until = new Date(Date.parse(now) + days * dayLength).toISOString()
  const playbook = await ports.playbooks.current()
  const forecast = makeForecastSequence(ports, playbook, until)
  const [held, ...sequences] = await Promise.all([
    look((cursor) => ports.sendLists.held({ limit: pageSize, ...(cursor !== undefined && { cursor }) })),
    ...Object.keys(playbook.sequences).map(forecast),
  ])
  const waiting = held.items.map(
    ({ email, until: at }): Weighed => ({ email, at: at ?? now, isSure: true, weight: 1 }),
  )
  const all = [...waiting, ...sequences.flatMap(({ emails }) => emails)].filter(({ at }) => at < until)
  const byDay = Map.groupBy(all, ({ at }) => dayOf(at, now))
  return {
    type: 'ok',
    body: {
      from: now,
      to: until,
      exact: held.isAll && sequences.every(({ isAll }) => isAll),
      days: Array.from({ length: days }, (_, day) => ({
        from: new Date(Date.parse(now) + day * dayLength).toISOString(),
        ...sum(byDay.get(day) ?? []),
        emails: [...Map.groupBy(byDay.get(day) ?? [], ({ email }) => email)]
          .map(([email, own]) => ({ email, ...sum(own) }))
          .toSorted((a, b) => (a.email < b.email ? -1 : 1)),
      })),
    },
  }
}
