import { expect, it } from 'vitest'
import { sampleReaders, sampleSubmissions } from '../../../bin/demo/visitors.ts'
import { sampleAddresses } from '../../../bin/sample-leads.ts'
import { type Posted, validateSubmission } from '../../../domain/form/submission.ts'
import { loadPlaybook } from '../../../lib/playbook/load-playbook.ts'

it('fill in every form of the shipped playbook in a way that it takes', async () => {
  const { playbook } = await loadPlaybook('templates')
  const forms = playbook?.forms ?? {}
  expect(new Set(sampleSubmissions.map(({ form }) => form))).toEqual(new Set(Object.keys(forms)))
  for (const { form, language, fields } of sampleSubmissions) {
    const posted = new Map(
      Object.entries(fields).map(([name, value]): [string, Posted] => [name, { type: 'scalar', value }]),
    )
    const known = forms[form]
    if (!known) throw new Error(`no form ${form}`)
    const asked = [...known.fields.map(({ name }) => name), ...(known.optIn ? ['optIn'] : [])]
    expect(asked).toEqual(expect.arrayContaining([...posted.keys()]))
    expect(validateSubmission(known, posted, { language })).toMatchObject({ type: 'valid' })
  }
})

it('each submission has a key of its own, and each person an address', () => {
  expect(new Set(sampleSubmissions.map(({ key }) => key)).size).toBe(sampleSubmissions.length)
  expect(new Set(sampleReaders).size).toBe(sampleReaders.length)
  for (const { fields } of sampleSubmissions) expect(sampleReaders).toContain(fields.email)
})

it('some allow measuring and some do not, and no mail can reach them', () => {
  const boxes = sampleSubmissions
    .filter(({ form }) => form === 'newsletter')
    .map(({ fields }) => fields.optIn)
  expect(new Set(boxes)).toEqual(new Set([true, false]))
  for (const address of [...sampleAddresses, ...sampleReaders]) expect(address).toMatch(/\.example\.net$/)
})
