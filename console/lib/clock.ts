import { makeStore, useStore } from './store.ts'

/** By how much (ms) the server's clock is ahead of this one: in the local runner it may be weeks. */
let ahead = 0

const ticks = makeStore(0)
const everyMs = 20_000
setInterval(() => ticks.set(ticks.get() + 1), everyMs)

/** Milliseconds, by the server's clock. */
export const now = (): number => Date.now() + ahead

/** The same, for what shows how long ago something was. */
export const useNow = (): number => {
  useStore(ticks)
  return now()
}

/** @param at what the server's clock said just now, RFC 3339 or as in HTTP. Skews below two seconds are the network's. */
export const setClock = (at: string): void => {
  const skew = Date.parse(at) - Date.now()
  if (Number.isNaN(skew) || Math.abs(skew - ahead) < 2_000) return
  ahead = Math.abs(skew) < 2_000 ? 0 : skew
  ticks.set(ticks.get() + 1)
}
