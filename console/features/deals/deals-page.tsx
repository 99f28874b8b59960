import { useState } from 'preact/hooks'
import { Link } from 'wouter-preact'
import { undoActivity } from '../../lib/activities.ts'
import { useAddress } from '../../lib/address.ts'
import { mayDo, salespeople, useMe } from '../../lib/people.ts'
import { t, words } from '../../lib/texts.ts'
import { Empty, Failure, Loading, messageOf } from '../../ui/controls.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { Field, Form } from '../../ui/form.tsx'
import { LogDialog } from '../../ui/log-dialog.tsx'
import { OwnerFilter } from '../../ui/owner-filter.tsx'
import { toast } from '../../ui/toasts.tsx'
import { Board, nameOf, phases, type Target } from './board.tsx'
import { DealTable } from './deal-table.tsx'
import css from './deals.module.css'
import { type DealRow, forgetMove, moveDeal, type Phase, useDeals } from './deals-api.ts'

/** What has to be asked before a card goes where it was put. */
type Question =
  | { readonly type: 'win' | 'loss'; readonly deal: DealRow }
  | { readonly type: 'back'; readonly deal: DealRow; readonly phase: Phase }

const movedToast = ({ dealId, leadId, ...deal }: DealRow, phase: Phase, activityId: string): void =>
  toast(t.deals.moved(nameOf({ dealId, leadId, ...deal }), words.phases[phase]), {
    undo: () => {
      forgetMove(dealId)
      undoActivity(leadId, activityId).then(
        () => toast(t.log.undone),
        () => toast(t.common.failed),
      )
    },
  })

const rankOf = (phase: Phase): number => phases().indexOf(phase)

/** What follows where a card is put: it moves, or something is asked first. */
const useMoves = () => {
  const [question, setQuestion] = useState<Question>()
  const move = (deal: DealRow, target: Target) => {
    if (target === deal.phase) return
    const wins = target === 'won' || (target === 'post_sale' && deal.state === 'open')
    if (wins || target === 'lost') return setQuestion({ type: wins ? 'win' : 'loss', deal })
    const isBack = rankOf(target) < rankOf(deal.phase)
    if (isBack) return setQuestion({ type: 'back', deal, phase: target })
    moveDeal(deal, target).then(
      (activityId) => movedToast(deal, target, activityId),
      (error: unknown) => toast(messageOf(error)),
    )
  }
  return { question, move, close: () => setQuestion(undefined) }
}

/** What sales works on, by the seven phases. */
export const DealsPage = () => {
  const { query, filter } = useAddress()
  const { data: me } = useMe()
  const phase = phases().find((one) => one === query.phase)
  const { deals: all, error, refetch } = useDeals(query.owner)
  const deals = phase === undefined ? all : all?.filter((deal) => deal.phase === phase)
  const { question, move, close } = useMoves()
  const mayMove = mayDo(me, salespeople)
  const isTable = query.view === 'table'
  const open = deals?.filter(({ state }) => state === 'open').length
  return (
    <div class={css.page}>
      <header class={css.head}>
        <h1>{t.pages.deals}</h1>
        {open !== undefined && <span>{t.deals.open(open)}</span>}
        <div class={css.filters}>
          <PhaseFilter chosen={phase} onChoose={(one) => filter({ phase: one })} />
          <OwnerFilter chosen={query.owner} onChoose={(owner) => filter({ owner })} />
          <select
            aria-label={t.deals.view}
            onChange={(event) => filter({ view: event.currentTarget.value || undefined })}
          >
            <option value="" selected={!isTable}>
              {t.deals.board}
            </option>
            <option value="table" selected={isTable}>
              {t.deals.table}
            </option>
          </select>
        </div>
      </header>
      {!deals && (error ? <Failure error={error} onRetry={refetch} /> : <Loading />)}
      {deals?.length === 0 && phase !== undefined && (
        <Empty title={t.deals.emptyPhase(words.phases[phase])} />
      )}
      {deals?.length === 0 && phase === undefined && (
        <Empty title={t.deals.empty}>
          <p>{t.deals.emptyMore}</p>
          <Link href="/handoffs" class={css.link}>
            {t.deals.toHandoffs}
          </Link>
        </Empty>
      )}
      {deals &&
        deals.length > 0 &&
        (isTable ? (
          <DealTable deals={deals} mayMove={mayMove} onMove={move} />
        ) : (
          <>
            <Board deals={deals} phase={phase} mayMove={mayMove} onMove={move} />
            {mayMove && <p class={css.keys}>{t.deals.keys}</p>}
          </>
        ))}
      {question && <Asked question={question} onClose={close} />}
    </div>
  )
}

interface PhaseFilterProps {
  /** Undefined: all. */
  readonly chosen: Phase | undefined
  readonly onChoose: (phase: string | undefined) => void
}

const PhaseFilter = ({ chosen, onChoose }: PhaseFilterProps) => (
  <select
    aria-label={t.deals.columns.phase}
    onChange={(event) => onChoose(event.currentTarget.value || undefined)}
  >
    <option value="" selected={chosen === undefined}>
      {t.deals.allPhases}
    </option>
    {phases().map((one) => (
      <option key={one} value={one} selected={one === chosen}>
        {words.phases[one]}
      </option>
    ))}
  </select>
)

interface AskedProps {
  readonly question: Question
  readonly onClose: () => void
}

const Asked = ({ question, onClose }: AskedProps) => {
  const { deal } = question
  const name = nameOf(deal)
  if (question.type !== 'back') {
    const { dealId, amount, currency } = deal
    const meant = [{ dealId, name, amount, currency }]
    return <LogDialog leadId={deal.leadId} deals={meant} kind={question.type} name={name} onClose={onClose} />
  }
  const { phase } = question
  return (
    <Dialog title={t.deals.backTitle(name, words.phases[phase])} onClose={onClose}>
      <Form
        fields={{ reason: 'properties.reason' }}
        submit={t.deals.back}
        send={(values) => moveDeal(deal, phase, `${values.get('reason')}`)}
        onCancel={onClose}
        onDone={(activityId) => {
          onClose()
          movedToast(deal, phase, activityId)
        }}
      >
        {(faults) => (
          <Field label={t.deals.backReason} name="reason" hint={t.deals.backHint} faults={faults} required>
            {(props) => <input {...props} maxLength={200} />}
          </Field>
        )}
      </Form>
    </Dialog>
  )
}
