import { didYouMean } from '../did-you-mean.ts'
import { builtInAttributes, builtInDates } from './built-in-names.ts'
import type { Finding } from './checks.ts'
import type { Names } from './names.ts'

const kinds = { number: 'a number', flag: 'yes or no', list: 'a list', object: 'an object' } as const

/** What speaks against waiting for the date in this attribute. The user's own programs may give others than are known. */
export const dateFindings = (
  name: string,
  {
    attributes,
    attributeValues,
    choices,
    dateless,
  }: Pick<Names, 'attributes' | 'attributeValues' | 'choices' | 'dateless'>,
): readonly Finding[] => {
  if (choices?.has(name) || dateless?.includes(name))
    return [{ message: `"${name}" is no date field of a form: nobody's is ever a date`, severity: 'warning' }]
  const kind = attributeValues.get(name)?.kind
  if (kind !== undefined && kind !== 'text')
    return [{ message: `"${name}" is ${kinds[kind]}, and never a date` }]
  if (builtInAttributes.includes(name) && !builtInDates.includes(name))
    return [{ message: `"${name}" is never a date` }]
  const dates = attributes.filter((one) => !builtInAttributes.includes(one) || builtInDates.includes(one))
  return attributes.includes(name)
    ? []
    : [
        {
          message: `nothing here gives leads an attribute "${name}"${didYouMean(name, dates)}`,
          severity: 'warning',
        },
      ]
}
