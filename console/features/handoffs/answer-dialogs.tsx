import type { Disposition } from '../../../domain/model/handoff-rules.ts'
import { useTeams } from '../../lib/people.ts'
import { t, words } from '../../lib/texts.ts'
import { Loading } from '../../ui/controls.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { Choices, Field, Form } from '../../ui/form.tsx'
import { toast } from '../../ui/toasts.tsx'
import { type HandoffDetail, reassign, reject } from './handoffs-api.ts'

interface AnswerProps {
  readonly handoff: HandoffDetail
  readonly name: string
  readonly onClose: () => void
}

const dayMs = 86_400_000

const followsOf = (disposition: Omit<Disposition, 'label'>): string => {
  const { follows } = t.handoffs
  if (disposition.type === 'close') return follows.close
  const { stage, pause } = disposition as Extract<Disposition, { type: 'recycle' }>
  const back = follows.recycle(words.stages[stage])
  return pause === undefined ? back : `${back} ${follows.pause(Math.round(pause / dayMs))}`
}

export const RejectDialog = ({ handoff: { handoffId, reasons }, name, onClose }: AnswerProps) => (
  <Dialog title={t.handoffs.rejectTitle(name)} onClose={onClose}>
    <Form
      fields={{ reason: 'reason', note: 'note' }}
      submit={t.handoffs.reject}
      send={(values) => reject(handoffId, values)}
      onCancel={onClose}
      onDone={() => {
        onClose()
        toast(t.handoffs.rejected(name))
      }}
    >
      {(faults) => (
        <>
          <Choices
            legend={t.handoffs.reason}
            name="reason"
            faults={faults}
            options={reasons.map(({ reason, label, follows }) => ({
              value: reason,
              label,
              more: followsOf(follows),
            }))}
          />
          <Field label={t.handoffs.note} name="note" hint={t.handoffs.noteHint} faults={faults}>
            {(props) => <textarea {...props} maxLength={500} />}
          </Field>
        </>
      )}
    </Form>
  </Dialog>
)

export const ReassignDialog = ({ handoff: { handoffId, owner }, name, onClose }: AnswerProps) => {
  const { data } = useTeams()
  const members = (data?.items ?? []).flatMap(({ team, members: all }) =>
    all.filter(({ email }) => email !== owner.email).map((member) => ({ team, ...member })),
  )
  return (
    <Dialog title={t.handoffs.reassignTitle(name)} onClose={onClose}>
      {data ? (
        <Form
          fields={{ owner: 'owner', reason: 'reason' }}
          submit={t.handoffs.reassign}
          send={(values) => reassign(handoffId, values)}
          onCancel={onClose}
          onDone={({ owner: other, hint }) => {
            onClose()
            toast(
              hint === undefined ? t.handoffs.reassigned(other.name) : t.handoffs.reassignedAway(other.name),
            )
          }}
        >
          {(faults) => (
            <>
              <Choices
                legend={t.handoffs.newOwner}
                name="owner"
                faults={faults}
                options={members.map(({ team, name: label, email, open, absent, full }) => ({
                  value: `${team}\n${email}`,
                  label,
                  more: [team, t.handoffs.open(open), absent && t.handoffs.away, full && t.handoffs.full]
                    .filter(Boolean)
                    .join(', '),
                }))}
              />
              <Field label={t.handoffs.why} name="reason" hint={t.handoffs.whyHint} faults={faults}>
                {(props) => <input {...props} maxLength={500} />}
              </Field>
            </>
          )}
        </Form>
      ) : (
        <Loading />
      )}
    </Dialog>
  )
}
