import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { readSesNotice } from '../../domain/feedback/ses-feedback.ts'

/**
 * Reads every record of `DIR/events.json` (`[{ section, event }]`, as the SES developer guide shows them) and prints
 * what it was understood as. Exits 1 when one could not be read, or is of a kind nobody has decided about.
 */
const [, , directory] = process.argv
if (directory === undefined) {
  console.error('usage: node test/conformance/ses-events.ts DIR')
  process.exit(2)
}

const records: readonly { readonly section: string; readonly event: unknown }[] = JSON.parse(
  readFileSync(join(directory, 'events.json'), 'utf8'),
)

let undecided = 0
for (const { section, event } of records) {
  try {
    const notice = readSesNotice(event)
    const kind = notice.type === 'ignored' ? `ignored (${notice.because})` : notice.type
    if (kind === 'ignored (unknown-event)') undecided++
    console.log(`${kind.padEnd(24)} ${section}`)
  } catch (error) {
    undecided++
    console.log(`${'NOT UNDERSTOOD'.padEnd(24)} ${section}: ${error}`)
  }
}
console.log(`${records.length - undecided} of ${records.length} understood or deliberately ignored`)
process.exitCode = undecided > 0 || records.length === 0 ? 1 : 0
