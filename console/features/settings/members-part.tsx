import { useState } from 'preact/hooks'
import { useMe } from '../../lib/people.ts'
import { t } from '../../lib/texts.ts'
import { Button, Failure, Loading, Tag } from '../../ui/controls.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { type Faults, Field, Form } from '../../ui/form.tsx'
import { When } from '../../ui/time.tsx'
import { toast } from '../../ui/toasts.tsx'
import ui from '../../ui/ui.module.css'
import css from './settings.module.css'
import { giveRoles, invite, type Member, type MemberRole, useMembers } from './settings-api.ts'

const roles: readonly MemberRole[] = ['marketing', 'sales', 'admin']

/** Who may sign in, and as what. */
export const MembersPart = () => {
  const { data, error, refetch } = useMembers()
  const [question, setQuestion] = useState<'invite' | Member>()
  const { members: words } = t.settings
  if (!data) return error ? <Failure error={error} onRetry={refetch} /> : <Loading />
  const close = () => setQuestion(undefined)
  return (
    <section class={css.part} aria-label={t.settings.tabs.members}>
      <div class={css.top}>
        <p>{words.about}</p>
        <Button kind="primary" onClick={() => setQuestion('invite')}>
          {words.invite}
        </Button>
      </div>
      <ul class={css.rows}>
        {data.items.map((member) => (
          <Row key={member.id} member={member} onChange={() => setQuestion(member)} />
        ))}
      </ul>
      {question === 'invite' && <InviteDialog onClose={close} />}
      {question !== undefined && question !== 'invite' && <RolesDialog member={question} onClose={close} />}
    </section>
  )
}

const nameOf = ({ email, id }: Member): string => email ?? id

const Row = ({ member, onChange }: { readonly member: Member; readonly onChange: () => void }) => {
  const { data: me } = useMe()
  const { members: words } = t.settings
  const { roles: own, status, since, email } = member
  return (
    <li>
      <div class={css.check}>
        <span class={css.name}>
          <strong>{nameOf(member)}</strong>
          {email !== null && email === me?.email && <small>{words.you}</small>}
          {status !== 'active' && <Tag>{words.states[status]}</Tag>}
        </span>
        <p>
          {own.length === 0 ? words.noRole : own.map((role) => t.roles[role]).join(', ')}
          {since !== null && (
            <>
              , {words.since} <When at={since} />
            </>
          )}
        </p>
      </div>
      <Button kind="quiet" onClick={onChange}>
        {words.change}
      </Button>
    </li>
  )
}

const chosenIn = (values: FormData): readonly MemberRole[] =>
  roles.filter((role) => values.getAll('roles').includes(role))

interface RolesProps {
  readonly chosen: readonly MemberRole[]
  readonly faults: Faults
}

const Roles = ({ chosen, faults }: RolesProps) => (
  <fieldset class={css.roles}>
    <legend class={ui.label}>{t.settings.members.roles}</legend>
    {roles.map((role) => (
      <label key={role}>
        <input type="checkbox" name="roles" value={role} defaultChecked={chosen.includes(role)} />
        <span>{t.roles[role]}</span>
        <small>{t.settings.members.does[role]}</small>
      </label>
    ))}
    {faults.roles !== undefined && <p class={ui.fault}>{faults.roles}</p>}
  </fieldset>
)

const InviteDialog = ({ onClose }: { readonly onClose: () => void }) => {
  const { members: words } = t.settings
  return (
    <Dialog title={words.inviteTitle} onClose={onClose}>
      <Form
        fields={{ email: 'email', roles: 'roles' }}
        submit={words.send}
        send={async (values) => {
          const email = `${values.get('email') ?? ''}`.trim()
          await invite(email, chosenIn(values))
          return email
        }}
        onCancel={onClose}
        onDone={(email) => {
          onClose()
          toast(words.invited(email))
        }}
      >
        {(faults) => (
          <>
            <Field label={words.email} name="email" faults={faults} required>
              {(props) => <input {...props} type="email" autocomplete="off" />}
            </Field>
            <Roles chosen={['sales']} faults={faults} />
          </>
        )}
      </Form>
    </Dialog>
  )
}

const RolesDialog = ({ member, onClose }: { readonly member: Member; readonly onClose: () => void }) => {
  const { members: words } = t.settings
  return (
    <Dialog title={words.rolesOf(nameOf(member))} onClose={onClose}>
      <Form
        fields={{ roles: 'roles' }}
        submit={words.save}
        send={(values) => giveRoles(member.id, chosenIn(values))}
        onCancel={onClose}
        onDone={() => {
          onClose()
          toast(words.changed(nameOf(member)))
        }}
      >
        {(faults) => <Roles chosen={member.roles} faults={faults} />}
      </Form>
    </Dialog>
  )
}
