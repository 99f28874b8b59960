import { useState } from 'preact/hooks'
import { useLocation } from 'wouter-preact'
import { t } from '../../lib/texts.ts'
import { Button, messageOf } from '../../ui/controls.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { Field, Form } from '../../ui/form.tsx'
import { toast } from '../../ui/toasts.tsx'
import { eraseLead, exportLead, type LeadDetail } from './leads-api.ts'

/** Everything that is held on a person, as a file (GDPR art. 15). */
export const ExportButton = ({ lead: { leadId } }: { readonly lead: LeadDetail }) => {
  const [isBusy, setBusy] = useState(false)
  const save = async () => {
    setBusy(true)
    try {
      const url = URL.createObjectURL(await exportLead(leadId))
      const link = Object.assign(document.createElement('a'), { href: url, download: `${leadId}.json` })
      link.click()
      URL.revokeObjectURL(url)
      toast(t.leads.exported)
    } catch (error) {
      toast(messageOf(error))
    }
    setBusy(false)
  }
  return (
    <Button kind="quiet" disabled={isBusy} onClick={save}>
      {t.leads.export}
    </Button>
  )
}

interface EraseProps {
  readonly lead: LeadDetail
  readonly name: string
  readonly onClose: () => void
}

/** Nothing brings it back, so that it takes the name to be typed (GDPR art. 17). */
export const EraseDialog = ({ lead: { leadId }, name, onClose }: EraseProps) => {
  const [, navigate] = useLocation()
  const [typed, setTyped] = useState('')
  return (
    <Dialog title={t.leads.eraseTitle(name)} onClose={onClose}>
      <p>{t.leads.eraseMore}</p>
      <Form
        fields={{}}
        kind="danger"
        submit={t.leads.erase}
        isReady={typed.trim() === name}
        send={() => eraseLead(leadId)}
        onCancel={onClose}
        onDone={() => {
          onClose()
          navigate('/leads')
          toast(t.leads.erased(name))
        }}
      >
        {(faults) => (
          <Field label={t.leads.eraseType(name)} name="name" faults={faults} required>
            {(props) => (
              <input {...props} autocomplete="off" onInput={(event) => setTyped(event.currentTarget.value)} />
            )}
          </Field>
        )}
      </Form>
    </Dialog>
  )
}
