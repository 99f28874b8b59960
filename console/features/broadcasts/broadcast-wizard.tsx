import { useMutation } from '@tanstack/preact-query'
import type { ComponentChildren } from 'preact'
import { Link, useLocation } from 'wouter-preact'
import { useAddress } from '../../lib/address.ts'
import { Problem } from '../../lib/api.ts'
import { exactTime, numberText } from '../../lib/format.ts'
import { useReadOn } from '../../lib/read-on.ts'
import { type Preview, useCondition, useMembers, useSegment, useSegments } from '../../lib/segments.ts'
import { t } from '../../lib/texts.ts'
import { Audience } from '../../ui/audience.tsx'
import { Button, Empty, Loading, messageOf } from '../../ui/controls.tsx'
import { EmailFrame } from '../../ui/email-frame.tsx'
import { Choices, Field } from '../../ui/form.tsx'
import reading from '../../ui/reading.module.css'
import { toast } from '../../ui/toasts.tsx'
import css from './broadcasts.module.css'
import {
  type BroadcastPlan,
  draftBroadcast,
  scheduleBroadcast,
  subjectOf,
  useMarketingEmails,
  usePreview,
  type WritableEmail,
} from './broadcasts-api.ts'
import { noTrial, restOf, sharesIn, Trial, trialText } from './trial.tsx'

const steps = ['who', 'what', 'look', 'when', 'check'] as const
type StepName = (typeof steps)[number]

type Answers = Readonly<Record<string, string | undefined>>

/** The latest step whose questions before it have answers. */
const furthest = ({ segment, where, email, name }: Answers): number => {
  if (segment === undefined && where === undefined) return 0
  if (email === undefined) return 1
  return name === undefined ? 3 : 4
}

/** Who is to get it: a segment, or those for whom a condition of one's own holds; judged for the email, once it is chosen. */
const useAudience = ({ segment, where, email }: Answers) => {
  const { data: emails } = useMarketingEmails()
  const isKnown = email === undefined || emails !== undefined
  const purpose = emails?.find((one) => one.email === email)?.purpose ?? undefined
  const named = useSegment(isKnown ? segment : undefined, purpose)
  const own = useCondition(isKnown && segment === undefined ? where : undefined, purpose)
  if (segment !== undefined) return named.data && { where: named.data.where, found: named.data }
  return own.data && where !== undefined ? { where, found: own.data } : undefined
}

/** Five steps; what was answered stands in the address, so that nothing is lost by reloading or going back. */
export const BroadcastWizard = () => {
  const { query, filter } = useAddress()
  const asked = Number(query.step ?? 1) - 1
  const at = Math.max(0, Math.min(asked, furthest(query)))
  const step = steps[at] ?? 'who'
  const go = (to: number, answers: Answers = {}) => filter({ ...answers, step: String(to + 1) })
  return (
    <article class={reading.article}>
      <header class={reading.head}>
        <h1 class={reading.name}>{t.broadcasts.make}</h1>
        <ol class={css.steps}>
          {steps.map((one, index) => (
            <li key={one} aria-current={index === at ? 'step' : undefined}>
              {index <= furthest(query) ? (
                <button type="button" onClick={() => go(index)}>
                  {t.broadcasts.steps[one]}
                </button>
              ) : (
                <span>{t.broadcasts.steps[one]}</span>
              )}
            </li>
          ))}
        </ol>
      </header>
      <StepForm key={step} step={step} answers={query} onNext={(answers) => go(at + 1, answers)} />
    </article>
  )
}

interface StepFormProps {
  readonly step: StepName
  readonly answers: Answers
  readonly onNext: (answers: Answers) => void
}

const StepForm = ({ step, answers, onNext }: StepFormProps) => {
  switch (step) {
    case 'who':
      return <Who answers={answers} onNext={onNext} />
    case 'what':
      return <What answers={answers} onNext={onNext} />
    case 'look':
      return <Look answers={answers} onNext={onNext} />
    case 'when':
      return <Timing answers={answers} onNext={onNext} />
    case 'check':
      return <Check answers={answers} />
    default:
      return step satisfies never
  }
}

type PartProps = Omit<StepFormProps, 'step'>

interface QuestionsProps {
  readonly onNext: (answers: Answers) => void
  readonly children: ComponentChildren
}

const Questions = ({ onNext, children }: QuestionsProps) => (
  <form
    class={reading.section}
    onSubmit={(event) => {
      event.preventDefault()
      const values = [...new FormData(event.currentTarget)].map(([name, value]) => [name, `${value}`])
      onNext(Object.fromEntries(values))
    }}
  >
    {children}
    <p class={css.actions}>
      <Button kind="primary" type="submit">
        {t.broadcasts.next}
      </Button>
    </p>
  </form>
)

const Who = ({ answers, onNext }: PartProps) => {
  const { filter } = useAddress()
  const { data } = useSegments()
  const audience = useAudience(answers)
  if (!data) return <Loading />
  const { where } = answers
  if (data.items.length === 0 && where === undefined)
    return (
      <Empty title={t.segments.empty}>
        <p>{t.segments.emptyMore}</p>
      </Empty>
    )
  return (
    <Questions onNext={onNext}>
      <div
        onChange={(event) =>
          event.target instanceof HTMLInputElement && filter({ segment: event.target.value })
        }
      >
        <Choices
          legend={t.broadcasts.who}
          name="segment"
          faults={{}}
          options={[
            ...(where === undefined ? [] : [{ value: '', label: t.segments.own, more: where }]),
            ...data.items.map((one) => ({ value: one.segment, label: one.name, more: one.where })),
          ]}
          chosen={answers.segment ?? ''}
        />
      </div>
      {audience && <Audience {...audience} />}
    </Questions>
  )
}

/** Where the email is written, in the first of its languages. */
const fileOf = ({ email, subject }: Pick<WritableEmail, 'email' | 'subject'>): string =>
  `emails/${email}.${Object.keys(subject)[0]}.mjml`

const What = ({ answers, onNext }: PartProps) => {
  const { filter } = useAddress()
  const { data } = useMarketingEmails()
  if (!data) return <Loading />
  const { variants } = t.broadcasts.trial
  const chosen = data.find(({ email }) => email === answers.email)
  return (
    <Questions onNext={(given) => onNext({ ...noTrial(answers), ...given })}>
      <div
        onChange={({ target }) =>
          target instanceof HTMLInputElement &&
          target.name === 'email' &&
          filter({ ...noTrial(answers), email: target.value })
        }
      >
        <Choices
          legend={t.broadcasts.which}
          name="email"
          faults={{}}
          options={data.map((row) => ({
            value: row.email,
            label: subjectOf(row),
            more: [
              row.email,
              ...(row.variants.length > 1 ? [variants(numberText(row.variants.length))] : []),
            ].join(', '),
          }))}
          {...(answers.email !== undefined && { chosen: answers.email })}
        />
      </div>
      {chosen && chosen.variants.length === 1 && (
        <p class={css.hint}>
          <Link class={css.link} href={`/playbook?file=${encodeURIComponent(fileOf(chosen))}`}>
            {t.broadcasts.trial.second}
          </Link>
        </p>
      )}
      {chosen && chosen.variants.length > 1 && (
        <Trial key={chosen.email} email={chosen} answers={answers} onTry={(isTried) => filter(isTried)} />
      )}
    </Questions>
  )
}

const Look = ({ answers, onNext }: PartProps) => {
  const { data: emails } = useMarketingEmails()
  const audience = useAudience(answers)
  const { reader, email } = answers
  const shares = sharesIn(answers)
  const variants = emails?.find((one) => one.email === email)?.variants ?? []
  return (
    <Questions onNext={onNext}>
      {audience && <Readers {...audience} chosen={reader} />}
      {variants
        .filter(({ id }, index) => (shares ? Object.hasOwn(shares, id) : index === 0))
        .map(({ id, row }) => (
          <Mail key={id} email={row} reader={reader} />
        ))}
    </Questions>
  )
}

interface ReadersProps {
  readonly where: string
  readonly found: Preview
  readonly chosen: string | undefined
}

/** Some of those who would be mailed, to read it as one of them will. */
const Readers = ({ where, found, chosen }: ReadersProps) => {
  const { filter } = useAddress()
  const members = useMembers(where, found, 'mailable')
  const people = members.data?.pages.flatMap(({ items }) => items) ?? []
  useReadOn(people.length === 0 && members.hasNextPage, members)
  return (
    <Field label={t.broadcasts.reader} name="reader" faults={{}}>
      {(props) => (
        <select {...props} onChange={({ currentTarget: { value } }) => filter({ reader: value })}>
          <option value="">{t.broadcasts.madeUp}</option>
          {people.map(({ leadId, name, email, company }) => (
            <option key={leadId} value={leadId} selected={leadId === chosen}>
              {[name ?? email, company].filter(Boolean).join(', ')}
            </option>
          ))}
        </select>
      )}
    </Field>
  )
}

interface MailProps {
  readonly email: WritableEmail['variants'][number]['row']
  readonly reader: string | undefined
}

const Mail = ({ email, reader }: MailProps) => {
  const { data } = usePreview(email, reader)
  if (!data) return <Loading />
  return (
    <figure class={css.mail}>
      <figcaption>{data.subject}</figcaption>
      <EmailFrame title={t.emails.previewOf(data.subject)} html={data.html} isDark={false} isPhone={false} />
    </figure>
  )
}

const Timing = ({ answers, onNext }: PartProps) => (
  <Questions onNext={({ inLeadZone, ...given }) => onNext({ ...given, inLeadZone })}>
    <Field label={t.broadcasts.name} name="name" hint={t.broadcasts.nameHint} faults={{}} required>
      {(props) => <input {...props} maxLength={200} defaultValue={answers.name ?? ''} />}
    </Field>
    <Field label={t.broadcasts.at} name="at" hint={t.broadcasts.atHint} faults={{}}>
      {(props) => <input {...props} type="datetime-local" defaultValue={answers.at ?? ''} />}
    </Field>
    {restOf(sharesIn(answers)) > 0 ? (
      <p class={css.hint}>{t.broadcasts.trial.noZones}</p>
    ) : (
      <label class={css.check}>
        <input
          type="checkbox"
          name="inLeadZone"
          value="true"
          defaultChecked={answers.inLeadZone === 'true'}
        />
        <span>{t.broadcasts.inLeadZone}</span>
      </label>
    )}
    <Field label={t.broadcasts.perHour} name="perHour" hint={t.broadcasts.perHourHint} faults={{}}>
      {(props) => (
        <input {...props} type="number" min={1} max={1_000_000} defaultValue={answers.perHour ?? ''} />
      )}
    </Field>
  </Questions>
)

const planOf = (answers: Answers): BroadcastPlan => {
  const { name = '', segment, where = '', email = '', at, inLeadZone, perHour, by, within } = answers
  const shares = sharesIn(answers)
  const hasRest = restOf(shares) > 0
  return {
    ...{ name, email },
    ...(segment === undefined ? { where } : { segment }),
    at: at === undefined ? 'now' : new Date(at).toISOString(),
    ...(at !== undefined && inLeadZone === 'true' && !hasRest && { inLeadZone: true }),
    ...(perHour !== undefined && { perHour: Number(perHour) }),
    ...(shares && {
      split: {
        shares,
        by: by === 'opened' ? 'opened' : 'clicked',
        ...(hasRest && { within: within ?? '4h' }),
      },
    }),
  }
}

const faultsIn = (error: unknown): string =>
  error instanceof Problem && error.errors.length > 0
    ? error.errors.map(({ message }) => message).join('; ')
    : messageOf(error)

const Check = ({ answers }: { readonly answers: Answers }) => {
  const [, navigate] = useLocation()
  const audience = useAudience(answers)
  const { data: segments } = useSegments()
  const { data: emails } = useMarketingEmails()
  const segment = segments?.items.find((one) => one.segment === answers.segment)
  const email = emails?.find((one) => one.email === answers.email)
  const plan = planOf(answers)
  const { mutate, isPending, error } = useMutation({
    mutationFn: async (isMeant: boolean) => {
      const { broadcastId } = await draftBroadcast(plan)
      const refused = isMeant
        ? await scheduleBroadcast(broadcastId).then(() => undefined, faultsIn)
        : undefined
      return { broadcastId, isMeant, refused }
    },
    onSuccess: ({ broadcastId, isMeant, refused }) => {
      toast(refused ?? (isMeant ? t.broadcasts.does.schedule.done(plan.name) : t.broadcasts.saved))
      navigate(`/broadcasts/${encodeURIComponent(broadcastId)}`)
    },
  })
  return (
    <section class={reading.section}>
      <dl class={reading.tally}>
        <div>
          <dt>{t.broadcasts.steps.who}</dt>
          <dd>{segment?.name ?? plan.segment ?? <code>{plan.where}</code>}</dd>
        </div>
        <div>
          <dt>{t.broadcasts.steps.what}</dt>
          <dd>
            {email ? subjectOf(email) : plan.email}
            {plan.split && `, ${trialText(plan.split)}`}
          </dd>
        </div>
        <div>
          <dt>{t.broadcasts.steps.when}</dt>
          <dd>
            {plan.at === 'now' ? t.broadcasts.atOnce : exactTime(plan.at)}
            {plan.inLeadZone && `, ${t.broadcasts.inLeadZone}`}
            {plan.perHour !== undefined && `, ${t.broadcasts.pace(numberText(plan.perHour))}`}
          </dd>
        </div>
      </dl>
      {audience ? <Audience {...audience} /> : <Loading />}
      {error && (
        <p class={css.fault} role="alert">
          {faultsIn(error)}
        </p>
      )}
      <p class={css.actions}>
        <Button kind="primary" disabled={isPending} onClick={() => mutate(true)}>
          {plan.at === 'now' ? t.broadcasts.sendNow : t.broadcasts.does.schedule.button}
        </Button>
        <Button disabled={isPending} onClick={() => mutate(false)}>
          {t.broadcasts.save}
        </Button>
      </p>
    </section>
  )
}
