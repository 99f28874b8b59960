import { useEffect } from 'preact/hooks'

/** A list that is read page by page. */
export interface Pages<Item> {
  readonly data?: { readonly pages: readonly { readonly items: readonly Item[] }[] } | undefined
  readonly error: unknown
  readonly refetch: () => void
  readonly hasNextPage: boolean
  readonly fetchNextPage: () => void
  readonly isFetchingNextPage: boolean
}

type ReadOn = Pick<Pages<unknown>, 'error' | 'isFetchingNextPage' | 'fetchNextPage'>

/** Reads the next page without being asked, as long as it is wanted: a page may have nothing that fits, which is further back. */
export const useReadOn = (isWanted: boolean, { error, isFetchingNextPage, fetchNextPage }: ReadOn): void => {
  const isNext = isWanted && !isFetchingNextPage && !error
  useEffect(() => {
    if (isNext) fetchNextPage()
  }, [isNext, fetchNextPage])
}
