import type { Posted } from './check-field.ts'
import type { Form, FormField } from './form.ts'

/** Name of the box that may be ticked beside what the form is for. */
const optInName = 'optIn'

/** The form's fields, and the box by which somebody asks for more: never ticked beforehand. */
export const shownFields = ({ fields, optIn }: Form): readonly FormField[] =>
  optIn ? [...fields, { name: optInName, type: 'checkbox', required: false, label: optIn.wording }] : fields

/** Whether the box was ticked, as browsers and programs say it. */
export const isOptedIn = ({ optIn }: Form, posted: ReadonlyMap<string, Posted>): boolean => {
  const field = posted.get(optInName)
  return optIn !== undefined && field?.type === 'scalar' && /^(on|true|1|yes)$/i.test(String(field.value))
}
