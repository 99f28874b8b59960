import type { ComponentChildren } from 'preact'
import { logActivity, undoActivity } from '../lib/activities.ts'
import { t } from '../lib/texts.ts'
import { Dialog } from './dialog.tsx'
import { Choices, type Faults, Field, Form } from './form.tsx'
import { toast } from './toasts.tsx'

export const kinds = ['call', 'need', 'proposal', 'win', 'loss'] as const
export type Kind = (typeof kinds)[number]

/** A deal that may be meant. */
interface MeantDeal {
  readonly dealId: string
  readonly name: string
  /** What it is worth so far, as a decimal, where that is known. */
  readonly amount: string | null
  readonly currency: string | null
}

interface LogProps {
  readonly leadId: string
  /** Open deals: one is meant without a question, and none where nothing is open. */
  readonly deals: readonly MeantDeal[]
  readonly kind: Kind
  readonly name: string
  readonly onClose: () => void
}

const textIn = (values: FormData, name: string): string => `${values.get(name) ?? ''}`.trim()

const given = (properties: Readonly<Record<string, unknown>>): object =>
  Object.fromEntries(Object.entries(properties).filter(([, value]) => value !== '' && value !== undefined))

/** "12.480,50" and "12,480.50" alike: what stands last parts the cents, if at most two digits follow it. */
const amountOf = (typed: string): string => {
  const bare = typed.replaceAll(/[\s'’]/g, '')
  const [, whole = bare, cents = ''] = /^(.*)[.,](\d{1,2})$/.exec(bare) ?? []
  const digits = whole.replaceAll(/[.,](?=\d{3})/g, '')
  return cents === '' ? digits : `${digits}.${cents}`
}

const money = (values: FormData) => {
  const amount = amountOf(textIn(values, 'amount'))
  return amount === '' ? {} : { amount, currency: textIn(values, 'currency') }
}

/** The activity that a filled-in form means. */
const activityOf = (kind: Kind, values: FormData) => {
  const dealId = textIn(values, 'dealId')
  const [note, reason] = [textIn(values, 'note'), textIn(values, 'reason')]
  const of = (type: string, properties: Readonly<Record<string, unknown>>) => ({
    type,
    properties: given({ ...properties, note }),
  })
  switch (kind) {
    case 'call':
      return of('sales.engaged', { channel: textIn(values, 'channel') })
    case 'need': {
      const needs = textIn(values, 'needs')
        .split('\n')
        .map((line) => line.trim())
        .filter((line) => line !== '')
      return of('needs.recorded', { dealId, needs })
    }
    case 'proposal':
      return of('proposal.sent', { dealId, proposalId: textIn(values, 'proposalId'), ...money(values) })
    case 'win':
      return of('deal.won', { dealId, ...money(values) })
    case 'loss':
      return of('deal.lost', { dealId, reason })
    default:
      return kind satisfies never
  }
}

const paths = Object.fromEntries(
  ['channel', 'needs', 'note', 'proposalId', 'amount', 'currency', 'reason', 'dealId'].map((name) => [
    name,
    `properties.${name}`,
  ]),
)

/** A call, a need, a proposal, a win or a loss: what sales knows and nobody else can tell. */
export const LogDialog = ({ leadId, deals, kind, name, onClose }: LogProps) => {
  const { title, done, submit } = t.log.kinds[kind]
  return (
    <Dialog title={title(name)} onClose={onClose}>
      <Form
        fields={paths}
        submit={submit}
        send={(values) => logActivity(leadId, activityOf(kind, values))}
        onCancel={onClose}
        onDone={(activityId) => {
          onClose()
          toast(done, {
            undo: () =>
              undoActivity(leadId, activityId).then(
                () => toast(t.log.undone),
                () => toast(t.common.failed),
              ),
          })
        }}
      >
        {(faults) => (
          <>
            <Deals deals={deals} kind={kind} faults={faults} />
            <Fields kind={kind} faults={faults} deal={deals.length === 1 ? deals[0] : undefined} />
            <Field label={t.log.note} name="note" faults={faults}>
              {(props) => <textarea {...props} maxLength={2_000} />}
            </Field>
          </>
        )}
      </Form>
    </Dialog>
  )
}

interface PartProps {
  readonly kind: Kind
  readonly faults: Faults
}

/** Which deal is meant, where several may be; one goes without saying. */
const Deals = ({ deals, kind, faults }: PartProps & { readonly deals: readonly MeantDeal[] }) => {
  if (kind === 'call') return null
  if (deals.length < 2) return <input type="hidden" name="dealId" value={deals[0]?.dealId ?? ''} />
  return (
    <Field label={t.log.deal} name="dealId" faults={faults} required>
      {(props) => (
        <select {...props}>
          {deals.map(({ dealId, name }) => (
            <option key={dealId} value={dealId}>
              {name}
            </option>
          ))}
        </select>
      )}
    </Field>
  )
}

/** @param deal the one that is meant without a question. */
const Fields = ({
  kind,
  faults,
  deal,
}: PartProps & { readonly deal: MeantDeal | undefined }): ComponentChildren => {
  switch (kind) {
    case 'call':
      return (
        <Choices
          legend={t.log.channel}
          name="channel"
          faults={faults}
          chosen="phone"
          options={(['phone', 'email', 'meeting'] as const).map((value) => ({
            value,
            label: t.log.channels[value],
          }))}
        />
      )
    case 'need':
      return (
        <Field label={t.log.needs} name="needs" hint={t.log.needsHint} faults={faults} required>
          {(props) => <textarea {...props} />}
        </Field>
      )
    case 'proposal':
      return (
        <>
          <Money faults={faults} deal={deal} />
          <Field label={t.log.proposalId} name="proposalId" faults={faults}>
            {(props) => <input {...props} maxLength={100} />}
          </Field>
        </>
      )
    case 'win':
      return <Money faults={faults} deal={deal} />
    case 'loss':
      return (
        <Field label={t.log.reason} name="reason" hint={t.log.reasonHint} faults={faults} required>
          {(props) => <input {...props} maxLength={200} />}
        </Field>
      )
    default:
      return kind satisfies never
  }
}

const currencies = ['EUR', 'CHF', 'USD', 'GBP']

const currenciesWith = (one: string | undefined): readonly string[] =>
  one === undefined || currencies.includes(one) ? currencies : [one, ...currencies]

interface MoneyProps {
  readonly faults: Faults
  readonly deal: MeantDeal | undefined
}

/** Begins with what the deal is worth so far; typing replaces it. */
const Money = ({ faults, deal }: MoneyProps) => (
  <>
    <Field label={t.log.amount} name="amount" faults={faults} required>
      {(props) => (
        <input
          {...props}
          defaultValue={(deal?.amount ?? '').replace(/\.0+$/, '')}
          inputMode="decimal"
          autocomplete="off"
          onFocus={(event) => event.currentTarget.select()}
        />
      )}
    </Field>
    <Field label={t.log.currency} name="currency" faults={faults} required>
      {(props) => (
        <select {...props}>
          {currenciesWith(deal?.currency ?? undefined).map((code) => (
            <option key={code} selected={code === deal?.currency}>
              {code}
            </option>
          ))}
        </select>
      )}
    </Field>
  </>
)
