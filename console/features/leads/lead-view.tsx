import { useState } from 'preact/hooks'
import { Link } from 'wouter-preact'
import type { StageId } from '../../../domain/model/deal.ts'
import { decimalText, exactTime, moneyText, scoreText } from '../../lib/format.ts'
import { useKeys } from '../../lib/keys.ts'
import { marketers, mayDo, salespeople, useMe } from '../../lib/people.ts'
import { stepWords } from '../../lib/step-words.ts'
import { t, whyNotSent, words } from '../../lib/texts.ts'
import { Button, Failure, Loading, messageOf, Tag } from '../../ui/controls.tsx'
import { Explain } from '../../ui/explain.tsx'
import { type Kind, kinds, LogDialog } from '../../ui/log-dialog.tsx'
import { ContactList, ScoreParts, Wrote } from '../../ui/person.tsx'
import css from '../../ui/reading.module.css'
import { When } from '../../ui/time.tsx'
import { toast } from '../../ui/toasts.tsx'
import { EraseDialog, ExportButton } from './data-dialogs.tsx'
import own from './leads.module.css'
import { cancelHeld, type LeadDetail, type ScoreScale, useExplanation, useLead } from './leads-api.ts'
import { MergeDialog, Merged } from './merge-parts.tsx'
import { ScoreChart } from './score-chart.tsx'
import { Timeline } from './timeline.tsx'

export const LeadView = ({ id }: { readonly id: string }) => {
  const { data, error, refetch } = useLead(id)
  if (!data) return error ? <Failure error={error} onRetry={refetch} /> : <Loading />
  return <Lead lead={data} />
}

const attribute = ({ attributes }: LeadDetail, name: string): string | null => {
  const value = attributes[name]
  return typeof value === 'string' && value !== '' ? value : null
}

const nameOf = ({ name, email }: LeadDetail): string => name ?? email ?? t.leads.unnamed

const Lead = ({ lead }: { readonly lead: LeadDetail }) => {
  const { data: explanation } = useExplanation(lead.leadId)
  const labels = explanation?.labels ?? {}
  const { company, stage, grade, score, email } = lead
  const role = lead.choices.role ?? attribute(lead, 'role')
  return (
    <article class={css.article}>
      <header class={css.head}>
        <h1 class={css.name}>{nameOf(lead)}</h1>
        {(company ?? role) !== null && (
          <p class={css.company}>{[company, role].filter(Boolean).join(', ')}</p>
        )}
        <p class={css.standing}>
          <Tag>{words.stages[stage as StageId]}</Tag>
          <span>
            {t.leads.scored(scoreText(score), grade)}{' '}
            {explanation && <Grade grade={grade} scale={explanation.scale} />}
          </span>
          <span>{t.leads.consents[lead.consent]}</span>
        </p>
        <Standing lead={lead} />
        <ContactList phone={attribute(lead, 'phone')} email={email} />
        <Actions lead={lead} />
      </header>
      <Wrote answers={lead.answers} />
      <Deals lead={lead} />
      {explanation && <Why rules={explanation.rules} labels={labels} />}
      <ScoreChart leadId={lead.leadId} />
      <Sequences lead={lead} />
      <section class={css.section}>
        <h2>{t.leads.timeline}</h2>
        <Timeline leadId={lead.leadId} labels={labels} />
      </section>
      <Emails lead={lead} />
      <Consent lead={lead} />
      <Merged lead={lead} />
      <Attributes lead={lead} />
    </article>
  )
}

/** What letter, digit and temperature mean, by the playbook's own limits. */
const Grade = ({
  grade,
  scale: { fit, engagement, bands },
}: {
  readonly grade: string
  readonly scale: ScoreScale
}) => (
  <Explain question={t.grades.what(grade)} title={t.grades.what(grade)}>
    {fit && <p>{t.grades.fit(fit.map(scoreText))}</p>}
    {engagement && <p>{t.grades.engagement(engagement.map(scoreText))}</p>}
    <p>{t.grades.bands(bands.map(({ id, floor }) => t.grades.band(id, scoreText(floor))))}</p>
    <p class={css.points}>{t.grades.where}</p>
  </Explain>
)

type Lacking = LeadDetail['qualification']['missing'][number]

const valueWords = (value: unknown): string => {
  const { lacking } = t.leads
  if (value === undefined || value === null) return lacking.unknown
  if (typeof value === 'number') return decimalText(Math.floor(10 * value) / 10)
  if (Array.isArray(value)) return value.map(valueWords).join(` ${lacking.or} `)
  const { stages }: { readonly stages: Readonly<Record<string, string>> } = words
  const text = String(value)
  return (Object.hasOwn(stages, text) ? stages[text] : undefined) ?? text
}

/** What a lead lacks: "Phone", "Score 42 of 60", "Stage Interest, wanted: Intent or later". */
const lackingWords = (one: Lacking): string => {
  const { lacking } = t.leads
  if (one.type === 'attribute') return attributeName(one.attribute)
  const { source, about, operator, wanted, is } = one
  if (source === 'consented') return lacking.consented
  if (source === 'confirmed') return lacking.confirmed
  if (about === undefined || operator === undefined) return source
  const known: Readonly<Record<string, string>> = lacking.about
  const name =
    (Object.hasOwn(known, about) ? known[about] : undefined) ?? attributeName(about.replace(/^lead\./, ''))
  const isCount = operator === '>=' && typeof wanted === 'number' && typeof is === 'number'
  return isCount
    ? lacking.count(name, valueWords(is), valueWords(wanted))
    : lacking.other(
        name,
        valueWords(is),
        lacking.wanted[about === 'stage' && operator === '>=' ? 'orLater' : operator](valueWords(wanted)),
      )
}

/** Who has this lead, and what it lacks to go to sales. */
const Standing = ({ lead: { qualification, handoffs } }: { readonly lead: LeadDetail }) => {
  const { status, missing, pausedUntil } = qualification
  const handoff = handoffs.findLast(({ state }) => state === 'requested' || state === 'accepted')
  return (
    <p class={own.standing}>
      {t.leads.standing[status]}
      {missing.length > 0 && ` ${t.leads.lacks(missing.map(lackingWords).join(', '))}`}
      {pausedUntil !== null && (
        <>
          {' '}
          {t.leads.pausedUntil} <When at={pausedUntil} />.
        </>
      )}
      {handoff && (
        <>
          {' '}
          <Link href={`/handoffs/${encodeURIComponent(handoff.handoffId)}`}>
            {t.leads.handoffWith(handoff.owner.name)}
          </Link>
        </>
      )}
    </p>
  )
}

const meantDeals = ({ deals }: LeadDetail) =>
  deals
    .filter(({ status }) => status === 'open')
    .map(({ dealId, externalId, phase, value, currency }) => ({
      dealId,
      name: `${externalId ?? dealId}, ${words.phases[phase]}`,
      amount: value,
      currency,
    }))

const Actions = ({ lead }: { readonly lead: LeadDetail }) => {
  const { data: me } = useMe()
  const [dialog, setDialog] = useState<Kind | 'erase' | 'merge'>()
  const [maySell, mayErase] = [mayDo(me, salespeople), mayDo(me, marketers)]
  const close = () => setDialog(undefined)
  useKeys(maySell ? { l: () => setDialog('call') } : {})
  return (
    <div class={css.actions}>
      {maySell &&
        kinds.map((kind) => (
          <Button key={kind} kind={kind === 'call' ? 'primary' : 'plain'} onClick={() => setDialog(kind)}>
            {t.log.kinds[kind].button}
          </Button>
        ))}
      <Button kind="quiet" onClick={() => setDialog('merge')}>
        {t.leads.merge.button}
      </Button>
      {mayErase && (
        <>
          <ExportButton lead={lead} />
          <Button kind="quiet" onClick={() => setDialog('erase')}>
            {t.leads.erase}
          </Button>
        </>
      )}
      {dialog === 'erase' && <EraseDialog lead={lead} name={nameOf(lead)} onClose={close} />}
      {dialog === 'merge' && <MergeDialog lead={lead} name={nameOf(lead)} onClose={close} />}
      {dialog !== undefined && dialog !== 'erase' && dialog !== 'merge' && (
        <LogDialog
          leadId={lead.leadId}
          deals={meantDeals(lead)}
          kind={dialog}
          name={nameOf(lead)}
          onClose={close}
        />
      )}
    </div>
  )
}

const Deals = ({ lead: { deals } }: { readonly lead: LeadDetail }) =>
  deals.length === 0 ? null : (
    <section class={css.section}>
      <h2>{t.leads.deals}</h2>
      <ul class={own.cards}>
        {deals
          .toReversed()
          .map(({ dealId, status, phase, value, currency, owner, openedAt, closedAt, reason }) => (
            <li key={dealId}>
              <strong>
                {value !== null && currency !== null ? moneyText(value, currency) : t.leads.noAmount}
              </strong>
              <span>{status === 'open' ? words.phases[phase] : t.leads.dealStates[status]}</span>
              <small>
                {owner !== null && `${owner.name}, `}
                <When at={closedAt ?? openedAt} />
                {reason !== null && `: ${reason}`}
              </small>
            </li>
          ))}
      </ul>
    </section>
  )

interface WhyProps {
  readonly rules: readonly { readonly rule: string; readonly decayedTo: number; readonly at: string }[]
  readonly labels: Readonly<Record<string, string>>
}

const shownRules = 8

/** The rules that make the score, each with all that it gave. */
const Why = ({ rules, labels }: WhyProps) => {
  const [isAll, setAll] = useState(false)
  const parts = [...Map.groupBy(rules, ({ rule }) => rule)]
    .map(([rule, rows]) => ({
      id: rule,
      label: labels[rule] ?? rule.replaceAll(/[-_]/g, ' '),
      points: rows.reduce((sum, { decayedTo }) => sum + decayedTo, 0),
    }))
    .filter(({ points }) => points !== 0)
    .sort((a, b) => b.points - a.points)
  return (
    <section class={css.section}>
      <h2>{t.person.whyNow}</h2>
      <ScoreParts parts={isAll ? parts : parts.slice(0, shownRules)} />
      {parts.length > shownRules && !isAll && (
        <p>
          <Button kind="quiet" onClick={() => setAll(true)}>
            {t.list.more}
          </Button>
        </p>
      )}
    </section>
  )
}

/** Sequences whose emails wait because nobody is sent anything. */
const pausedIn = ({ emails }: LeadDetail): ReadonlySet<string | null> =>
  new Set(
    emails
      .filter(({ status, reason }) => status === 'held' && reason === 'paused')
      .map(({ sequence }) => sequence),
  )

const Sequences = ({ lead }: { readonly lead: LeadDetail }) =>
  lead.sequences.length === 0 ? null : (
    <section class={css.section}>
      <h2>{t.leads.sequences}</h2>
      <ul class={own.cards}>
        {lead.sequences.map(({ sequence, status, place, nextAt, heldBy }) => (
          <li key={sequence}>
            <strong>
              <Link href={`/leads?sequence=${encodeURIComponent(sequence)}`}>{sequence}</Link>
            </strong>
            <span>
              {t.leads.runs[status]}
              {heldBy && `: ${t.leads.heldBy[heldBy]}`}
            </span>
            <small>
              {place && stepWords(place).title}
              {nextAt !== null && (
                <>
                  , {t.leads.next} <When at={nextAt} />
                </>
              )}
              {pausedIn(lead).has(sequence) && `. ${t.leads.mailPaused}`}
            </small>
          </li>
        ))}
      </ul>
    </section>
  )

const shownEmails = 10

const Emails = ({ lead: { emails } }: { readonly lead: LeadDetail }) => {
  const { data: me } = useMe()
  const mayCancel = mayDo(me, marketers)
  const theirs = emails.filter(({ recipient }) => recipient === 'lead').slice(0, shownEmails)
  return theirs.length === 0 ? null : (
    <section class={css.section}>
      <h2>{t.leads.emails}</h2>
      <ol class={css.events}>
        {theirs.map(({ sendId, email, subject, status, at, reason, until }) => (
          <li key={sendId}>
            <time dateTime={at} title={exactTime(at)}>
              <When at={at} />
            </time>
            <span>
              {subject ?? email} <Tag>{t.leads.sends[status]}</Tag>
              {reason !== null && <small class={own.reason}>{whyNotSent(reason)}</small>}
              {until !== null && (
                <small class={own.reason}>
                  {t.leads.until} <When at={until} />
                </small>
              )}
              {status === 'held' && mayCancel && <CancelButton sendId={sendId} />}
            </span>
          </li>
        ))}
      </ol>
    </section>
  )
}

/** What is held is not sent any more. */
const CancelButton = ({ sendId }: { readonly sendId: string }) => (
  <Button
    kind="quiet"
    onClick={() =>
      cancelHeld(sendId).then(
        () => toast(t.leads.cancelled),
        (error) => toast(messageOf(error)),
      )
    }
  >
    {t.leads.cancel}
  </Button>
)

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '')

const sourceWords = (how: string): string => {
  const [kind = '', from] = how.split(':')
  if (kind === 'hook' && from !== undefined) return t.sources.hook(from)
  const { hook: _hook, ...known } = t.sources
  const named: Readonly<Record<string, string>> = known
  return (Object.hasOwn(named, how) ? named[how] : undefined) ?? how
}

/** The evidence: what was agreed to, when, how, and in which words. */
const Consent = ({ lead: { consentHistory } }: { readonly lead: LeadDetail }) =>
  consentHistory.length === 0 ? null : (
    <section class={css.section}>
      <h2>{t.leads.consent}</h2>
      <ol class={css.events}>
        {consentHistory.toReversed().map(({ activityId, type, at, purpose, how, by, wording }) => (
          <li key={`${activityId} ${type} ${textOf(purpose)}`}>
            <time dateTime={at} title={exactTime(at)}>
              <When at={at} />
            </time>
            <span>
              {t.leads.evidence[type]} {textOf(purpose)}{' '}
              {textOf(how) !== '' && (
                <Tag>{[sourceWords(textOf(how)), textOf(by)].filter(Boolean).join(', ')}</Tag>
              )}
              {textOf(wording) !== '' && <q class={own.wording}>{textOf(wording)}</q>}
            </span>
          </li>
        ))}
      </ol>
    </section>
  )

const shownAbove = new Set(['firstName', 'lastName', 'company', 'phone', 'role', 'email'])

/** Those that the playbook made up go by their names. */
const attributeName = (name: string): string => {
  const { names }: { readonly names: Readonly<Record<string, string>> } = t.leads
  return (Object.hasOwn(names, name) ? names[name] : undefined) ?? t.imports.target(name)
}

/** What stands in the forms above is not said twice. */
const furtherIn = ({ attributes, answers, choices }: LeadDetail) => {
  const written = new Set(answers.flatMap(({ answers: fields }) => fields.map(({ text }) => text)))
  return Object.entries(attributes)
    .map(([name, value]) => {
      const text = Array.isArray(value) ? value.join(', ') : String(value ?? '')
      return [name, choices[name] ?? text] as const
    })
    .filter(
      ([name, text]) =>
        !shownAbove.has(name) && text !== '' && !written.has(text.replaceAll('\r\n', '\n').trim()),
    )
}

const Attributes = ({ lead }: { readonly lead: LeadDetail }) => (
  <section class={css.section}>
    <h2>{t.leads.attributes}</h2>
    <dl class={own.facts}>
      {furtherIn(lead).map(([name, text]) => (
        <div key={name}>
          <dt>{attributeName(name)}</dt>
          <dd>{text}</dd>
        </div>
      ))}
      <div>
        <dt>{t.leads.since}</dt>
        <dd>
          <When at={lead.createdAt} />
        </dd>
      </div>
      <div>
        <dt>{t.leads.id}</dt>
        <dd>{lead.leadId}</dd>
      </div>
    </dl>
  </section>
)
