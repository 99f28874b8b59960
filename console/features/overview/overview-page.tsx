import { useNow } from '../../lib/clock.ts'
import { weekdayText } from '../../lib/format.ts'
import { mayDo, useMe } from '../../lib/people.ts'
import { Loading } from '../../ui/controls.tsx'
import { FunnelOverview } from './funnel-overview.tsx'
import css from './overview.module.css'
import { SalesOverview } from './sales-overview.tsx'

/** What one wants to know first: sales their queue, marketing the funnel, an admin both. */
export const OverviewPage = () => {
  const { data: me } = useMe()
  const today = new Date(useNow()).toISOString()
  if (!me) return <Loading />
  return (
    <div class={css.page}>
      <header class={css.top}>
        <h1>{weekdayText(today)}</h1>
      </header>
      {mayDo(me, ['sales', 'admin']) && <SalesOverview />}
      {mayDo(me, ['marketing', 'admin']) && <FunnelOverview />}
    </div>
  )
}
