import { useState } from 'preact/hooks'
import { Link } from 'wouter-preact'
import { decimalText, numberText, shareText } from '../../lib/format.ts'
import { marketers, mayDo, useMe } from '../../lib/people.ts'
import { t } from '../../lib/texts.ts'
import { Button, Failure, Loading, Sideways } from '../../ui/controls.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { Field, Form } from '../../ui/form.tsx'
import reading from '../../ui/reading.module.css'
import { When } from '../../ui/time.tsx'
import { toast } from '../../ui/toasts.tsx'
import { Backtest } from './backtest-part.tsx'
import css from './scoring.module.css'
import {
  calibrate,
  declineProposal,
  draftProposal,
  type RuleEvidence,
  type Scoring,
  useRules,
  useScoring,
} from './scoring-api.ts'

/** The rules of the score, what sales' answers say of each, and what follows from that. */
export const ScoringPage = () => {
  const { data, error, refetch } = useScoring()
  const { data: rules } = useRules()
  const { data: me } = useMe()
  return (
    <article class={`${reading.article} ${css.page}`}>
      <header class={reading.head}>
        <h1>{t.pages.scoring}</h1>
        <p class={css.soft}>{t.scoring.about}</p>
      </header>
      {!data && (error ? <Failure error={error} onRetry={refetch} /> : <Loading />)}
      {data && <Learned scoring={data} />}
      {mayDo(me, marketers) && <Backtest />}
      {rules !== undefined && (
        <section class={reading.section}>
          <h2>{t.scoring.rules}</h2>
          {mayDo(me, marketers) && (
            <p class={css.soft}>
              {t.changes.pointsMean} <Link href="/playbook?file=scoring.yaml">{t.changes.toPoints}</Link>
            </p>
          )}
          <Sideways label={t.scoring.rules} class={reading.scroll}>
            <pre class={css.code}>{rules}</pre>
          </Sideways>
        </section>
      )}
    </article>
  )
}

/** So many judged handoffs, and of the rarer outcome, it takes. */
const least = { judged: 100, rarer: 30 }

const Learned = ({ scoring }: { readonly scoring: Scoring }) => {
  const { data: me } = useMe()
  return (
    <>
      <section class={reading.section}>
        <h2>{t.scoring.learned}</h2>
        {scoring.status === 'ok' ? (
          <p class={reading.because}>
            {t.scoring.quality(
              numberText(scoring.judged),
              decimalText(scoring.auc.today * 100),
              decimalText(scoring.auc.points * 100),
            )}
          </p>
        ) : (
          <p class={reading.because}>
            {t.scoring.tooFew(
              numberText(scoring.judged),
              numberText(least.judged),
              numberText(scoring.rarer),
              numberText(least.rarer),
            )}
          </p>
        )}
        {scoring.asOf !== null && (
          <p class={css.soft}>
            {t.scoring.asOf} <When at={scoring.asOf} />
          </p>
        )}
        {scoring.running && <p class={css.soft}>{t.scoring.running}</p>}
        {mayDo(me, marketers) && <Actions scoring={scoring} />}
      </section>
      {scoring.status === 'ok' && <Rules rules={scoring.rules} />}
      {scoring.status === 'ok' && <Threshold {...scoring.threshold} />}
    </>
  )
}

type Question = 'calibrate' | 'draft' | 'decline'

const Actions = ({ scoring: { proposal } }: { readonly scoring: Scoring }) => {
  const [question, setQuestion] = useState<Question>()
  const close = () => setQuestion(undefined)
  const questions: readonly Question[] =
    proposal.state === 'open' ? ['draft', 'decline', 'calibrate'] : ['calibrate']
  return (
    <>
      <p class={css.soft}>
        {proposal.state === 'declined'
          ? t.scoring.declined(proposal.reason)
          : t.scoring.proposals[proposal.state]}
      </p>
      <p class={css.actions}>
        {questions.map((one) => (
          <Button key={one} kind={one === 'draft' ? 'primary' : 'plain'} onClick={() => setQuestion(one)}>
            {t.scoring.does[one].button}
          </Button>
        ))}
      </p>
      {question && <Asked question={question} onClose={close} />}
    </>
  )
}

interface AskedProps {
  readonly question: Question
  readonly onClose: () => void
}

const send = (question: Question, values: FormData): Promise<unknown> => {
  const text = (name: string): string => `${values.get(name) ?? ''}`.trim()
  switch (question) {
    case 'calibrate':
      return calibrate(text('handoffsPerWeek') === '' ? undefined : Number(text('handoffsPerWeek')))
    case 'draft':
      return draftProposal()
    case 'decline':
      return declineProposal(text('reason'))
    default:
      return question satisfies never
  }
}

const Asked = ({ question, onClose }: AskedProps) => {
  const { button, title, more, done } = t.scoring.does[question]
  return (
    <Dialog title={title} onClose={onClose}>
      <p class={css.soft}>{more}</p>
      <Form
        fields={{ handoffsPerWeek: 'handoffsPerWeek', reason: 'reason' }}
        submit={button}
        send={(values) => send(question, values)}
        onCancel={onClose}
        onDone={() => {
          onClose()
          toast(done)
        }}
      >
        {(faults) => (
          <>
            {question === 'calibrate' && (
              <Field
                label={t.scoring.wanted}
                name="handoffsPerWeek"
                hint={t.scoring.wantedHint}
                faults={faults}
              >
                {(props) => <input {...props} type="number" min={1} step="any" />}
              </Field>
            )}
            {question === 'decline' && (
              <Field label={t.scoring.reason} name="reason" faults={faults} required>
                {(props) => <input {...props} maxLength={500} />}
              </Field>
            )}
          </>
        )}
      </Form>
    </Dialog>
  )
}

const change = (today: string, proposed: string): string =>
  today === proposed ? today : `${today} → ${proposed}`

const pointsOf = ({ today, proposed }: RuleEvidence): string =>
  today === null ? t.scoring.expression : change(numberText(today), numberText(proposed ?? today))

const Rules = ({ rules }: { readonly rules: readonly RuleEvidence[] }) => {
  const { columns } = t.scoring
  return (
    <section class={reading.section}>
      <h2>{t.scoring.evidence}</h2>
      <Sideways label={t.scoring.evidence} class={reading.scroll}>
        <table class={reading.table}>
          <thead>
            <tr>
              <th scope="col">{columns.rule}</th>
              <th scope="col">{columns.leads}</th>
              <th scope="col">{columns.lift}</th>
              <th scope="col">{columns.points}</th>
              <th scope="col">{columns.halfLife}</th>
            </tr>
          </thead>
          <tbody>
            {rules.map((rule) => (
              <tr key={`${rule.rule} ${rule.unknown ?? ''}`}>
                <th scope="row">
                  {rule.rule} {rule.unknown && <small>{t.scoring.unknown}</small>}
                </th>
                <td>{numberText(rule.leads)}</td>
                <td>
                  {rule.lift === null ? '–' : `×${decimalText(rule.lift)}`}{' '}
                  {rule.low !== null && rule.high !== null && (
                    <small>
                      {decimalText(rule.low)}–{decimalText(rule.high)}
                    </small>
                  )}
                </td>
                <td>{pointsOf(rule)}</td>
                <td>{rule.halfLife && change(rule.halfLife.today, rule.halfLife.proposed)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </Sideways>
      <p class={css.soft}>{t.scoring.liftMeans}</p>
    </section>
  )
}

type ThresholdProps = Extract<Scoring, { readonly status: 'ok' }>['threshold']

const share = (value: number | null): string => (value === null ? '–' : shareText(value))

const Threshold = ({ today, proposed, now, ...then }: ThresholdProps) => (
  <section class={reading.section}>
    <h2>{t.scoring.threshold}</h2>
    {today !== null && (
      <p>
        {t.scoring.thresholdOf(
          numberText(today),
          share(now.precision),
          share(now.recall),
          decimalText(now.handoffsPerWeek),
        )}
      </p>
    )}
    {proposed !== null && (
      <p>
        {t.scoring.thresholdTo(
          numberText(proposed),
          share(then.precision),
          share(then.recall),
          decimalText(then.handoffsPerWeek),
        )}
      </p>
    )}
  </section>
)
