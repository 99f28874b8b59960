import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { parseRehearsal } from '../../domain/rehearsal/rehearsal.ts'
import { rehearse } from '../../functions/rehearse/rehearse.ts'
import { loadPlaybook } from '../../lib/playbook/load-playbook.ts'

const path = 'templates/rehearsals/not-now.yaml'

test('a lead that sales could not reach gets the sequence that the playbook has for it', async () => {
  const { playbook } = await loadPlaybook('templates')
  if (!playbook) throw new Error('the shipped playbook does not load')
  const text = (await readFile(path, 'utf8')).replace('reason: not-now', 'reason: no-reply')
  const { rehearsal } = parseRehearsal(path, text, { playbook, now: '2026-03-02T08:00:00.000Z' })
  if (!rehearsal) throw new Error('the shipped rehearsal does not parse')
  const { entries } = await rehearse(rehearsal, playbook)
  const lastDeed = rehearsal.deeds.at(-1)?.at ?? ''
  const toLead = entries.flatMap((one) =>
    one.type === 'mail' && one.to === 'henry@mill.example.net' && one.at < lastDeed ? [one.email] : [],
  )
  // What it had asked for before the handoff is no reason to end it.
  expect(toLead.slice(-3)).toEqual(['demo-preview', 'case-study', 'comparison'])
})
