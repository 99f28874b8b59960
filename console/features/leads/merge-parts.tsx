import { useState } from 'preact/hooks'
import type { LeadSummary } from '../../../domain/lead/lead-summary.ts'
import { t } from '../../lib/texts.ts'
import { Button, messageOf } from '../../ui/controls.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { Field, Form } from '../../ui/form.tsx'
import reading from '../../ui/reading.module.css'
import { toast } from '../../ui/toasts.tsx'
import css from './leads.module.css'
import { type LeadDetail, mergeLeads, unmergeLeads, useFoundLeads } from './leads-api.ts'

interface MergeProps {
  readonly lead: LeadDetail
  readonly name: string
  readonly onClose: () => void
}

const nameOf = ({ name, email }: LeadSummary): string => name ?? email ?? t.leads.unnamed

/** Somebody is two leads: the other one goes into this one, until that is taken back. */
export const MergeDialog = ({ lead: { leadId }, name, onClose }: MergeProps) => {
  const [typed, setTyped] = useState('')
  const { data } = useFoundLeads(typed)
  const found = (data?.items ?? []).filter((one) => one.leadId !== leadId)
  const undo = (other: string) => () =>
    unmergeLeads(leadId, other).then(
      () => toast(t.leads.merge.undone),
      (error) => toast(messageOf(error)),
    )
  return (
    <Dialog title={t.leads.merge.title(name)} onClose={onClose}>
      <p>{t.leads.merge.more}</p>
      <Form
        fields={{ leadId: 'leadId' }}
        submit={t.leads.merge.button}
        send={async (values) => {
          const other = `${values.get('leadId') ?? ''}`
          await mergeLeads(leadId, other)
          return other
        }}
        onCancel={onClose}
        onDone={(other) => {
          onClose()
          toast(t.leads.merge.done, { undo: undo(other) })
        }}
      >
        {(faults) => (
          <>
            <Field label={t.leads.merge.other} name="q" faults={faults} required>
              {(props) => (
                <input
                  {...props}
                  type="search"
                  autocomplete="off"
                  placeholder={t.leads.searchWhat}
                  onInput={(event) => setTyped(event.currentTarget.value)}
                />
              )}
            </Field>
            <fieldset class={css.found}>
              <legend>{t.leads.merge.found(found.length)}</legend>
              {found.map((one) => (
                <label key={one.leadId}>
                  <input type="radio" name="leadId" value={one.leadId} required />
                  <span>
                    {nameOf(one)}
                    <small>{[one.company, one.email].filter(Boolean).join(', ')}</small>
                  </span>
                </label>
              ))}
              {faults.leadId !== undefined && <p role="alert">{faults.leadId}</p>}
            </fieldset>
          </>
        )}
      </Form>
    </Dialog>
  )
}

/** Leads that went into this one, each with the way back. */
export const Merged = ({ lead: { leadId, merged } }: { readonly lead: LeadDetail }) =>
  merged.length === 0 ? null : (
    <section class={reading.section}>
      <h2>{t.leads.merge.merged}</h2>
      <ul class={css.cards}>
        {merged.map((other) => (
          <li key={other}>
            <small class={css.id}>{other}</small>
            <Button
              kind="quiet"
              onClick={() =>
                unmergeLeads(leadId, other).then(
                  () => toast(t.leads.merge.undone),
                  (error) => toast(messageOf(error)),
                )
              }
            >
              {t.leads.merge.part}
            </Button>
          </li>
        ))}
      </ul>
    </section>
  )
