import { useRef } from 'preact/hooks'

interface Frozen<Item> {
  readonly items: readonly Item[]
  /** How many have come since. */
  readonly fresh: number
  /** Takes the order of now. */
  readonly thaw: () => void
}

interface Kept<Item> {
  /** Of which list: another filter is another one. */
  readonly list: string
  readonly order: readonly string[]
  readonly last: Map<string, Item>
}

/**
 * The list as it stood when one of it was opened: while somebody goes from one to the next, nothing moves under their hands.
 * What has left the list meanwhile stays, as it was last seen.
 * @param list names the list, such as its filters.
 */
export const useFrozenOrder = <Item>(
  list: string,
  items: readonly Item[] | undefined,
  idOf: (item: Item) => string,
  isOpen: boolean,
): Frozen<Item> => {
  const kept = useRef<Kept<Item> | undefined>(undefined)
  const thaw = () => {
    kept.current = undefined
  }
  if (!isOpen || kept.current?.list !== list) thaw()
  if (!items) return { items: [], fresh: 0, thaw }
  if (!isOpen) return { items, fresh: 0, thaw }
  kept.current ??= { list, order: items.map(idOf), last: new Map() }
  const { order, last } = kept.current
  for (const item of items) last.set(idOf(item), item)
  const frozen = order.flatMap((id) => last.get(id) ?? [])
  return { items: frozen, fresh: items.filter((item) => !order.includes(idOf(item))).length, thaw }
}
