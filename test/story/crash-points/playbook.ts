import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { playbookWith, settingsWithout } from '../playbook-folder.ts'

const sequence = `id: interest
enter: { activity: newsletter.subscribed }
steps:
  - email: welcome
  - wait: 20d
  - email: savings-guide
`

const report = `
report: { weekly: [mia@leisewerk.example], monthly: [mia@leisewerk.example], language: en }
`

/** One of each: a sequence with one wait, a salesperson, a webhook. What has to do with days is left out. @param receiver where webhooks go */
export const crashPlaybook = async (receiver: string): Promise<string> => {
  const folder = await playbookWith(sequence, `${await settingsWithout('caps')}${report}`)
  const file = join(folder, 'handoff.yaml')
  const handoff = (await readFile(file, 'utf8'))
    .replace(/^ *- \{ name: (Ben|Clara).*\n/gm, '')
    .replace(/^ *holidays:.*\n(?: *- \d.*\n)*/m, '')
    .replace(/hours: .*/, 'hours: { days: [mon, tue, wed, thu, fri, sat, sun], from: "00:00", to: "23:59" }')
    .replace(/remind: \S+/, 'remind: 240h')
    .replace(/escalate: \S+/, 'escalate: 480h')
    .replace(/reassign: \S+/, 'reassign: 720h')
    .replace(/after: 40h/, 'after: 2400h')
    .replaceAll(/pause: \d+d/g, 'pause: 400d')
  const notify = `
notify:
  - { id: crm, webhook: "${receiver}/crm", events: [HandoffRequested, HandoffAccepted, HandoffRejected, DealWon], lead: true }
`
  await writeFile(file, handoff + notify)
  return folder
}
