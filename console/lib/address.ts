import { useLocation, useSearch } from 'wouter-preact'

type Query = Readonly<Record<string, string | undefined>>

/** The address as one is at it, with filters, range and selection: nothing is lost by reloading or by sending it to somebody. */
export const useAddress = () => {
  const [path, navigate] = useLocation()
  const search = useSearch()
  const query: Query = Object.fromEntries(new URLSearchParams(search))
  const searchWith = (changes: Query): string => {
    const next = new URLSearchParams(search)
    for (const [name, value] of Object.entries(changes))
      if (value === undefined || value === '') next.delete(name)
      else next.set(name, value)
    const text = next.toString()
    return text === '' ? '' : `?${text}`
  }
  return {
    path,
    query,
    navigate,
    /** The same filters at another path. */
    at: (to: string): string => `${to}${searchWith({})}`,
    /** Other filters at the same path, in place of those before. */
    filter: (changes: Query): void => navigate(`${path}${searchWith(changes)}`, { replace: true }),
  }
}
