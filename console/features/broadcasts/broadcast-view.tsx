import type { ComponentChildren } from 'preact'
import { useState } from 'preact/hooks'
import { Link, useLocation } from 'wouter-preact'
import { useAddress } from '../../lib/address.ts'
import { withQuery } from '../../lib/api.ts'
import { exactTime, numberText, shareText } from '../../lib/format.ts'
import { marketers, mayDo, useMe } from '../../lib/people.ts'
import { t, whyNotSent } from '../../lib/texts.ts'
import { Button, Failure, Loading, Tag } from '../../ui/controls.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { FigureLink } from '../../ui/figure-link.tsx'
import { Form } from '../../ui/form.tsx'
import { LinkClicks } from '../../ui/link-clicks.tsx'
import { PeopleDialog } from '../../ui/people-dialog.tsx'
import reading from '../../ui/reading.module.css'
import { toast } from '../../ui/toasts.tsx'
import css from './broadcasts.module.css'
import {
  type AskedOutcome,
  type BroadcastDetail,
  cancelBroadcast,
  deleteBroadcast,
  scheduleBroadcast,
  useAudienceWith,
  useBroadcast,
  variantOf,
} from './broadcasts-api.ts'
import { TrialReport, trialText } from './trial.tsx'

/** One broadcast: who gets what when, and what became of everybody. */
export const BroadcastView = ({ id }: { readonly id: string }) => {
  const { data, error, refetch } = useBroadcast(id)
  const { data: me } = useMe()
  if (!data) return error ? <Failure error={error} onRetry={refetch} /> : <Loading />
  const { name, state, email, segment, where, at, startsAt, split } = data
  return (
    <article class={reading.article}>
      <header class={reading.head}>
        <h1 class={reading.name}>{name}</h1>
        <p class={reading.standing}>
          <Tag>{t.broadcasts.states[state]}</Tag>
          <Link class={css.link} href={`/emails/${encodeURIComponent(email)}`}>
            {email}
          </Link>
          {segment !== undefined && (
            <Link class={css.link} href={`/segments/${encodeURIComponent(segment)}`}>
              {segment}
            </Link>
          )}
          {where !== undefined && <code>{where}</code>}
        </p>
        <p class={reading.standing}>
          {at === 'now' && startsAt === undefined ? t.broadcasts.atOnce : exactTime(startsAt ?? at)}
        </p>
        {split && <p class={reading.standing}>{trialText(split)}</p>}
      </header>
      {mayDo(me, marketers) && <Actions broadcast={data} />}
      {data.frozen && <Report broadcast={data} />}
      {data.frozen &&
        emailsOf(data).map((one) => (
          <LinkClicks
            key={one}
            email={one}
            sequence={`broadcast.${id}`}
            mapAt={`/emails/${encodeURIComponent(one)}?sequence=broadcast.${id}&clicks=true`}
          />
        ))}
    </article>
  )
}

/** What was sent: the email, or its variants. */
const emailsOf = ({ email, split }: BroadcastDetail): readonly string[] =>
  split ? Object.keys(split.shares).map((variant) => variantOf(email, variant)) : [email]

type Question = 'schedule' | 'cancel' | 'delete'

const questionsOf = ({ state }: BroadcastDetail): readonly Question[] => {
  switch (state) {
    case 'draft':
      return ['schedule', 'delete']
    case 'scheduled':
    case 'sending':
      return ['cancel']
    case 'sent':
    case 'canceled':
      return []
    default:
      return state satisfies never
  }
}

const changes = { schedule: scheduleBroadcast, cancel: cancelBroadcast, delete: deleteBroadcast } as const

const Actions = ({ broadcast }: { readonly broadcast: BroadcastDetail }) => {
  const [question, setQuestion] = useState<Question>()
  const [, navigate] = useLocation()
  const close = () => setQuestion(undefined)
  const questions = questionsOf(broadcast)
  if (questions.length === 0) return null
  return (
    <p class={css.actions}>
      {questions.map((one) => (
        <Button key={one} kind={one === 'schedule' ? 'primary' : 'plain'} onClick={() => setQuestion(one)}>
          {t.broadcasts.does[one].button}
        </Button>
      ))}
      {question && (
        <Dialog title={t.broadcasts.does[question].title(broadcast.name)} onClose={close}>
          <p>{t.broadcasts.does[question].more}</p>
          <Form
            fields={{}}
            submit={t.broadcasts.does[question].button}
            kind={question === 'schedule' ? 'primary' : 'danger'}
            send={() => changes[question](broadcast.broadcastId)}
            onCancel={close}
            onDone={() => {
              close()
              toast(t.broadcasts.does[question].done(broadcast.name))
              if (question === 'delete') navigate('/broadcasts')
            }}
          >
            {() => null}
          </Form>
        </Dialog>
      )}
    </p>
  )
}

/** Everybody of the audience is exactly one of these. */
const Report = ({ broadcast }: { readonly broadcast: BroadcastDetail }) => {
  const { audience } = broadcast
  const { outcomes, after } = t.broadcasts
  const of = { sequence: `broadcast.${broadcast.broadcastId}` }
  const share = (count: number): string =>
    audience.sent > 0 ? `${numberText(count)} (${shareText(count / audience.sent)})` : numberText(count)
  return (
    <section class={reading.section}>
      <h2>{t.broadcasts.report(numberText(audience.shown))}</h2>
      <dl class={reading.tally}>
        <Figure
          name={outcomes.sent}
          value={
            <FigureLink figure={{ of: 'email.sent', ...of }} isNone={audience.sent === 0}>
              {numberText(audience.sent)}
            </FigureLink>
          }
        />
        <OutcomeFigure asked={{ outcome: 'held' }} count={audience.held} />
        {Object.entries(audience.suppressed).map(([reason, count]) => (
          <OutcomeFigure key={reason} asked={{ outcome: 'suppressed', reason }} count={count} />
        ))}
        {audience.failed > 0 && <OutcomeFigure asked={{ outcome: 'failed' }} count={audience.failed} />}
        {audience.exited > 0 && <OutcomeFigure asked={{ outcome: 'exited' }} count={audience.exited} />}
      </dl>
      <OutcomePeople id={broadcast.broadcastId} />
      <h2>{t.broadcasts.what}</h2>
      <dl class={reading.tally}>
        {(['delivered', 'opened', 'clicked', 'unsubscribed'] as const).map((one) => (
          <Figure
            key={one}
            name={after[one]}
            value={
              <FigureLink figure={{ of: `email.${one}`, ...of }} isNone={broadcast[one] === 0}>
                {share(broadcast[one])}
              </FigureLink>
            }
          />
        ))}
      </dl>
      {broadcast.split && broadcast.trial && (
        <TrialReport broadcast={broadcast} split={broadcast.split} trial={broadcast.trial} />
      )}
    </section>
  )
}

const Figure = ({ name, value }: { readonly name: string; readonly value: ComponentChildren }) => (
  <div>
    <dt>{name}</dt>
    <dd>{value}</dd>
  </div>
)

/** What those of an outcome are called. */
const nameOf = ({ outcome, reason = '' }: AskedOutcome): string => {
  const { outcomes } = t.broadcasts
  return outcome === 'suppressed' ? outcomes.suppressed(whyNotSent(reason)) : outcomes[outcome]
}

interface OutcomeFigureProps {
  readonly asked: AskedOutcome
  readonly count: number
}

/** A number of the audience, which opens them; those are asked for by their emails, and stand in the address. */
const OutcomeFigure = ({ asked, count }: OutcomeFigureProps) => {
  const { path, query } = useAddress()
  const { outcome, reason } = asked
  return (
    <Figure
      name={nameOf(asked)}
      value={
        count === 0 ? (
          numberText(count)
        ) : (
          <Link class={reading.figure} href={withQuery(path, { ...query, outcome, reason })}>
            {numberText(count)}
          </Link>
        )
      }
    />
  )
}

const opened = ['held', 'suppressed', 'failed', 'exited'] as const

/** Whom of the audience the address asks for. */
const OutcomePeople = ({ id }: { readonly id: string }) => {
  const { query, filter } = useAddress()
  const outcome = opened.find((one) => one === query.outcome)
  if (outcome === undefined) return null
  const close = () => filter({ outcome: undefined, reason: undefined })
  return <PeopleWith id={id} asked={{ outcome, reason: query.reason }} onClose={close} />
}

interface PeopleWithProps {
  readonly id: string
  readonly asked: AskedOutcome
  readonly onClose: () => void
}

const PeopleWith = ({ id, asked, onClose }: PeopleWithProps) => (
  <PeopleDialog title={nameOf(asked)} people={useAudienceWith(id, asked)} onClose={onClose} />
)
