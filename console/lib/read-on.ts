import { useEffect } from 'preact/hooks'

interface ReadOn {
  readonly error: unknown
  readonly isFetchingNextPage: boolean
  readonly fetchNextPage: () => void
}

/** Reads the next page without being asked, as long as it is wanted: a page may have nothing that fits, which is further back. */
export const useReadOn = (isWanted: boolean, { error, isFetchingNextPage, fetchNextPage }: ReadOn): void => {
  const isNext = isWanted && !isFetchingNextPage && !error
  useEffect(() => {
    if (isNext) fetchNextPage()
  }, [isNext, fetchNextPage])
}
