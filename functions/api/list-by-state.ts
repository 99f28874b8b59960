import { type ListPage, nameOfList, readListCursor, toListCursor } from './api-request.ts'

/** Requests of one page: a filter that few fit must not read everything. The cursor goes on. */
const mostRead = 12

/** A part of the list of one state. */
export interface StatePlace {
  readonly limit: number
  readonly cursor?: string
}

interface ListByState<State extends string, Item> {
  readonly kind: string
  /** In the order in which they are listed. */
  readonly states: readonly State[]
  readonly page: (
    state: State,
    place: StatePlace,
  ) => Promise<{ readonly items: readonly Item[]; readonly next?: string }>
}

/** A state, and how far its list has been read. */
interface Position<State> {
  readonly state: State
  readonly cursor?: string
}

const toPosition = <State extends string>(
  states: readonly State[],
  at: string,
): Position<State> | undefined => {
  const [name, ...key] = at.split('#')
  const state = states.find((one) => one === name)
  if (state === undefined) return undefined
  return key.length === 0 ? { state } : { state, cursor: key.join('#') }
}

const toKey = ({ state, cursor }: Position<string>): string =>
  cursor === undefined ? state : `${state}#${cursor}`

/**
 * A page of what is kept in a list for each state: all of the first one, then all of the next; or those of the state that is
 * asked for. @returns undefined for a cursor of another list.
 */
export const listByState = async <State extends string, Item>(
  { kind, states, page }: ListByState<State, Item>,
  query: ListPage & { readonly state?: State | undefined },
): Promise<{ readonly items: readonly Item[]; readonly next?: string } | undefined> => {
  const { state, limit } = query
  const name = nameOfList(kind, query)
  const meant = state === undefined ? states : [state]
  const [first] = meant
  const begin = readListCursor(name, query.cursor)
  if (!begin || first === undefined) return undefined
  let at: Position<State> | undefined =
    begin.at === undefined ? { state: first } : toPosition(meant, begin.at)
  if (!at) return undefined
  const items: Item[] = []
  for (let read = 0; at && items.length < limit && read < mostRead; read += 1) {
    const { state: current, ...place }: Position<State> = at
    const found = await page(current, { ...place, limit: limit - items.length })
    items.push(...found.items)
    const following: State | undefined = meant[meant.indexOf(current) + 1]
    at = found.next === undefined ? following && { state: following } : { state: current, cursor: found.next }
  }
  return at ? { items, next: toListCursor(name, toKey(at)) } : { items }
}
