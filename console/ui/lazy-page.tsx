import type { ComponentType } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { Failure, Loading } from './controls.tsx'

/** A page that is loaded when it is opened. Where its file is gone, as after a release, the whole console is loaded anew. */
export const lazyPage = <Props extends object>(load: () => Promise<ComponentType<Props>>) => {
  let loaded: ComponentType<Props> | undefined
  return (props: Props) => {
    const [Page, setPage] = useState(() => loaded)
    const [error, setError] = useState<unknown>()
    useEffect(() => {
      if (loaded) return
      load().then((page) => {
        loaded = page
        setPage(() => page)
      }, setError)
    }, [])
    if (Page) return <Page {...props} />
    return error === undefined ? <Loading /> : <Failure error={error} onRetry={() => location.reload()} />
  }
}
