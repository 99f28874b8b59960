import { UserRound } from 'lucide-preact'
import { useState } from 'preact/hooks'
import { Link } from 'wouter-preact'
import type { HandoffBrief } from '../../../domain/handoff/handoff-brief.ts'
import { useNow } from '../../lib/clock.ts'
import { dayText, exactTime, scoreText, timeText } from '../../lib/format.ts'
import { useKeys } from '../../lib/keys.ts'
import { mayDo, salespeople, useMe } from '../../lib/people.ts'
import { t } from '../../lib/texts.ts'
import { Button, buttonClass, Failure, Loading, messageOf, Tag } from '../../ui/controls.tsx'
import { ContactList, ScoreParts, Wrote } from '../../ui/person.tsx'
import css from '../../ui/reading.module.css'
import { When } from '../../ui/time.tsx'
import { toast } from '../../ui/toasts.tsx'
import ui from '../../ui/ui.module.css'
import { ReassignDialog, RejectDialog } from './answer-dialogs.tsx'
import { type HandoffDetail, useAccept, useHandoff } from './handoffs-api.ts'

/** As the API names what an activity answered, for example one of a CRM. */
const byActivity = 'activity'

export const HandoffView = ({ id }: { readonly id: string }) => {
  const { data, error, refetch } = useHandoff(id)
  if (!data) return error ? <Failure error={error} onRetry={refetch} /> : <Loading />
  return <Handoff handoff={data} />
}

const nameIn = ({ lead }: HandoffDetail): string => lead.name ?? lead.email ?? t.leads.unnamed

const Handoff = ({ handoff }: { readonly handoff: HandoffDetail }) => {
  const { lead, brief, state, owner, answeredBy } = handoff
  return (
    <article class={css.article}>
      <header class={css.head}>
        <h1 class={css.name}>{nameIn(handoff)}</h1>
        {lead.company !== null && <p class={css.company}>{lead.company}</p>}
        <p class={css.standing}>
          <Tag>{t.handoffs.states[state]}</Tag>
          {state === 'requested' ? <Due handoff={handoff} /> : null}
          <span>{t.handoffs.owned(owner.name)}</span>
          {state !== 'requested' && answeredBy !== null && answeredBy !== owner.email && (
            <span>
              {answeredBy === byActivity ? t.handoffs.elsewhere : `${t.handoffs.answeredBy} ${answeredBy}`}
            </span>
          )}
        </p>
        <WhyOver handoff={handoff} />
        {handoff.ownerLeft && <p class={ui.alarm}>{t.handoffs.ownerLeft}</p>}
        <Contact handoff={handoff} />
        <Actions handoff={handoff} />
      </header>
      {brief ? <Brief brief={brief} /> : <p>{t.handoffs.erased}</p>}
      <Owners handoff={handoff} />
    </article>
  )
}

/** Who comes by a link of before, or had it once, learns why there is nothing to answer. */
const WhyOver = ({ handoff: { state, reason, reasons } }: { readonly handoff: HandoffDetail }) => {
  if (reason === null) return null
  const { withdrawn, merged, unanswered } = t.handoffs.over
  const label = reasons.find((one) => one.reason === reason)?.label ?? reason
  if (state === 'rejected') return <p>{label}</p>
  return <p>{reason === 'withdrawn' ? withdrawn : reason === 'merged' ? merged : unanswered}</p>
}

const Due = ({ handoff: { overdueSince, dueAt } }: { readonly handoff: HandoffDetail }) =>
  overdueSince === null ? (
    <span>
      {t.handoffs.due} <When at={dueAt} />
    </span>
  ) : (
    <span class={ui.alarm}>
      {t.handoffs.overdue} <When at={overdueSince} />
    </span>
  )

const Contact = ({ handoff: { lead, leadId, brief } }: { readonly handoff: HandoffDetail }) => (
  <ContactList
    phone={lead.phone}
    email={lead.email}
    phoneNote={brief?.handoff.phoneUnproven ? t.handoffs.phoneUnproven : undefined}
  >
    <li>
      <Link href={`/leads/${encodeURIComponent(leadId)}`}>
        <UserRound class={ui.icon} aria-hidden="true" /> {t.handoffs.openLead}
      </Link>
    </li>
  </ContactList>
)

/** Whoever accepts it, it stays with its owner. */
const acceptedText = (handoff: HandoffDetail, me: string | undefined): string =>
  handoff.owner.email === me
    ? t.handoffs.accepted(nameIn(handoff))
    : t.handoffs.acceptedFor(nameIn(handoff), handoff.owner.name)

const Actions = ({ handoff }: { readonly handoff: HandoffDetail }) => {
  const { data: me } = useMe()
  const [dialog, setDialog] = useState<'reject' | 'reassign'>()
  const { handoffId, state } = handoff
  const name = nameIn(handoff)
  const { mutate, isPending, error } = useAccept(handoffId, () => toast(acceptedText(handoff, me?.email)))
  const isOpen = state === 'requested'
  const mayAnswer = mayDo(me, salespeople) && isOpen
  const mayReassign = mayDo(me, salespeople) && (isOpen || state === 'accepted')
  useKeys({
    ...(mayAnswer && { a: () => mutate(), r: () => setDialog('reject') }),
    ...(mayReassign && { o: () => setDialog('reassign') }),
  })
  if (!mayAnswer && !mayReassign) return null
  const close = () => setDialog(undefined)
  return (
    <div class={css.actions}>
      {mayAnswer && (
        <>
          <Button kind="primary" disabled={isPending} aria-keyshortcuts="a" onClick={() => mutate()}>
            {t.handoffs.accept}
          </Button>
          <Button aria-keyshortcuts="r" onClick={() => setDialog('reject')}>
            {t.handoffs.reject}
          </Button>
        </>
      )}
      {mayReassign && !isOpen && (
        <Link class={buttonClass('primary')} href={`/leads/${encodeURIComponent(handoff.leadId)}`}>
          {t.handoffs.goOn}
        </Link>
      )}
      <Button kind="quiet" aria-keyshortcuts="o" onClick={() => setDialog('reassign')}>
        {t.handoffs.reassign}
      </Button>
      {error && (
        <p class={ui.fault} role="alert">
          {messageOf(error)}
        </p>
      )}
      {dialog === 'reject' && <RejectDialog handoff={handoff} name={name} onClose={close} />}
      {dialog === 'reassign' && <ReassignDialog handoff={handoff} name={name} onClose={close} />}
    </div>
  )
}

/** What nobody has confirmed is not to be relied on, and its address not to be taken for the person's. */
const Unconfirmed = ({ brief: { handoff, unconfirmed } }: { readonly brief: HandoffBrief }) => (
  <>
    {!handoff.confirmed && <p class={ui.alarm}>{t.handoffs.unconfirmed}</p>}
    {unconfirmed.length > 0 && (
      <p class={css.points}>
        {t.handoffs.unconfirmedMore} {unconfirmed.map(({ label, value }) => `${label}: ${value}`).join('; ')}
      </p>
    )}
  </>
)

/** What one wants to know before the first call, with the person's own words first. */
const Brief = ({ brief }: { readonly brief: HandoffBrief }) => (
  <>
    <Unconfirmed brief={brief} />
    <Why brief={brief} />
    <Wrote answers={brief.answers} />
    {brief.opening !== '' && (
      <section class={css.section}>
        <h2>{t.handoffs.begin}</h2>
        <p class={css.opening}>{brief.opening}</p>
      </section>
    )}
    <History brief={brief} />
  </>
)

const Why = ({ brief: { handoff, explanation } }: { readonly brief: HandoffBrief }) => (
  <section class={css.section}>
    <h2>{t.person.whyNow}</h2>
    {handoff.because !== '' && (
      <p class={css.because}>
        {handoff.because} <time dateTime={handoff.becauseAt}>{handoff.becauseOn}</time>
      </p>
    )}
    <p class={css.points}>
      {t.handoffs.points(scoreText(handoff.score), scoreText(handoff.scoreNow))}
      {handoff.gained > 0 && `, ${t.handoffs.gained(scoreText(handoff.gained))}`}
    </p>
    <ScoreParts
      parts={explanation.map(({ rule, label, decayedTo, when }) => ({
        id: rule,
        label,
        points: decayedTo,
        when,
      }))}
    />
  </section>
)

const History = ({ brief }: { readonly brief: HandoffBrief }) => (
  <>
    {brief.timeline.length > 0 && (
      <section class={css.section}>
        <h2>{t.handoffs.did}</h2>
        <ol class={css.events}>
          {brief.timeline.map(({ at, when, type, text }) => (
            <li key={`${at} ${type}`}>
              <time dateTime={at} title={exactTime(at)}>
                {when}
              </time>
              <span>{text}</span>
            </li>
          ))}
        </ol>
      </section>
    )}
    <section class={css.section}>
      <h2>{t.handoffs.sent}</h2>
      {brief.emails.length === 0 ? (
        <p class={css.points}>{t.handoffs.sentNothing}</p>
      ) : (
        <ol class={css.events}>
          {brief.emails.map(({ at, when, subject, reaction }) => (
            <li key={at}>
              <time dateTime={at} title={exactTime(at)}>
                {when}
              </time>
              <span>
                {subject} {reaction !== '' && <Tag>{reaction}</Tag>}
              </span>
            </li>
          ))}
        </ol>
      )}
    </section>
  </>
)

const Owners = ({ handoff: { assignments } }: { readonly handoff: HandoffDetail }) => {
  const now = useNow()
  if (assignments.length < 2) return null
  return (
    <section class={css.section}>
      <h2>{t.handoffs.history}</h2>
      <ol class={css.events}>
        {assignments.map(({ at, owner, because, by, reason }) => (
          <li key={at}>
            <time dateTime={at} title={exactTime(at)}>
              {dayText(at, now)} {timeText(at)}
            </time>
            <span>
              {owner.name}, {t.handoffs.assignedBecause[because]}
              {by !== undefined && ` (${by})`}
              {reason !== undefined && `: ${reason}`}
            </span>
          </li>
        ))}
      </ol>
    </section>
  )
}
