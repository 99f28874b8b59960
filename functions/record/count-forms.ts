import type { AppendedFact } from '../ports.ts'
import type { RecordPorts } from './record-ports.ts'

const formOf = ({ properties: { form } }: AppendedFact): string | undefined =>
  typeof form === 'string' && form !== '' ? form : undefined

/** What `facts` that nobody knew before add to the figures of each form: a link that confirms two consents is one confirmation. */
export const formCounts = (
  facts: readonly AppendedFact[],
): readonly { readonly form: string; readonly submissions: number; readonly confirmations: number }[] => {
  const fresh = facts.filter(({ known }) => known === undefined)
  return [...Map.groupBy(fresh, formOf)].flatMap(([form, own]) => {
    if (form === undefined) return []
    const submissions = own.filter(({ type }) => type === 'form.submitted').length
    const confirmed = own.filter(
      ({ type, properties }) => type === 'consent.granted' && properties.confirmed === true,
    )
    const confirmations = new Set(confirmed.map(({ id, properties }) => properties.submission ?? id)).size
    return submissions + confirmations === 0 ? [] : [{ form, submissions, confirmations }]
  })
}

/** Counts what the log has just taken, once: a crash in between loses a count, and never makes two of one. What cannot be counted just now holds up nobody. */
export const makeCountForms =
  ({ formFigures }: Pick<RecordPorts, 'formFigures'>) =>
  async (facts: readonly AppendedFact[], now: string): Promise<void> => {
    if (formFigures === undefined) return
    await Promise.allSettled(
      formCounts(facts).map(({ form, ...counts }) => formFigures.add(form, now, counts)),
    )
  }
