import { parseActivity } from '../activity/parse-activity.ts'
import { didYouMeanOneOf } from '../did-you-mean.ts'
import type { Posted } from '../form/check-field.ts'
import { validateSubmission } from '../form/validate-submission.ts'
import type { Playbook } from '../playbook/playbook.ts'
import type { YamlPath } from '../playbook/yaml-file.ts'
import type { Deed } from './rehearsal.ts'

/** Something wrong with a deed, at a path within it. */
export interface DeedFault {
  readonly path: YamlPath
  readonly message: string
}

export const postedOf = (fields: Extract<Deed, { type: 'form' }>['fields']): ReadonlyMap<string, Posted> =>
  new Map(Object.entries(fields).map(([name, value]) => [name, { type: 'scalar', value }]))

const unknown = (key: string, kind: string, name: string, names: readonly string[]): readonly DeedFault[] =>
  names.includes(name)
    ? []
    : [{ path: [key], message: `there is no ${kind} "${name}"${didYouMeanOneOf(name, names)}` }]

const checkForm = (
  { form: id, fields }: Extract<Deed, { type: 'form' }>,
  { forms }: Playbook,
): readonly DeedFault[] => {
  const form = Object.hasOwn(forms, id) ? forms[id] : undefined
  if (form === undefined) return unknown('form', 'form', id, Object.keys(forms))
  const submission = validateSubmission(form, postedOf(fields), 'en')
  if (submission.type !== 'refused') return []
  return submission.errors.map(({ path, message }) => ({
    path: ['form'],
    message: `the form takes no such ${path}: ${message}`,
  }))
}

/** What no system would take: names that the playbook does not have, fields that a form refuses, wrong properties. */
export const checkDeed = (deed: Deed, at: string, playbook: Playbook): readonly DeedFault[] => {
  switch (deed.type) {
    case 'form':
      return checkForm(deed, playbook)
    case 'confirm': {
      const { forms } = playbook
      if (!Object.hasOwn(forms, deed.form)) return unknown('confirm', 'form', deed.form, Object.keys(forms))
      const asks = forms[deed.form]?.consent === 'double-opt-in'
      return asks ? [] : [{ path: ['confirm'], message: `the form "${deed.form}" asks for no confirmation` }]
    }
    case 'activity': {
      const { activity: type, properties } = deed
      const input = { id: 'checked', type, subject: { visitorId: 'checked' }, occurredAt: at, properties }
      const parsed = parseActivity(input, at)
      if (parsed.type === 'activity') return []
      return parsed.errors.map(({ path, message }) => ({ path: path.split('.'), message }))
    }
    case 'open':
    case 'click':
      return unknown(
        deed.type === 'open' ? 'opens' : 'clicks',
        'email',
        deed.email,
        Object.keys(playbook.emails),
      )
    case 'reject':
      return unknown('reason', 'reason', deed.reason, Object.keys(playbook.handoff.reject))
    case 'accept':
      return []
    default:
      return deed satisfies never
  }
}
