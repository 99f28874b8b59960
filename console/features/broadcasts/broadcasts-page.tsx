import { Link } from 'wouter-preact'
import { marketers, mayDo, useMe } from '../../lib/people.ts'
import { t } from '../../lib/texts.ts'
import { buttonClass, Tag } from '../../ui/controls.tsx'
import { PagedList } from '../../ui/paged-list.tsx'
import { When } from '../../ui/time.tsx'
import { BroadcastView } from './broadcast-view.tsx'
import { BroadcastWizard } from './broadcast-wizard.tsx'
import css from './broadcasts.module.css'
import { type BroadcastRow, useBroadcasts } from './broadcasts-api.ts'

/** One email to many, once: what became of each; where a new one is made. */
export const BroadcastsPage = ({ id }: { readonly id?: string | undefined }) => {
  const { data: me } = useMe()
  return (
    <PagedList
      title={t.pages.broadcasts}
      base="/broadcasts"
      pages={useBroadcasts()}
      idOf={({ broadcastId }) => broadcastId}
      openId={id}
      row={(row) => <Row row={row} />}
      empty={{ title: t.broadcasts.empty, more: t.broadcasts.emptyMore }}
      filters={
        mayDo(me, marketers) && (
          <Link class={buttonClass('primary')} href="/broadcasts/new">
            {t.broadcasts.make}
          </Link>
        )
      }
      detail={(broadcastId) => <BroadcastView id={broadcastId} />}
      make={() => <BroadcastWizard />}
    />
  )
}

const Row = ({ row: { name, state, email, createdAt, startsAt } }: { readonly row: BroadcastRow }) => (
  <div class={css.row}>
    <strong>{name}</strong>
    <Tag>{t.broadcasts.states[state]}</Tag>
    <span>{email}</span>
    <span class={css.end}>
      <When at={startsAt ?? createdAt} />
    </span>
  </div>
)
