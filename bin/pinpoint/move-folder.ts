import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { parseArgs } from 'node:util'
import { gunzipSync } from 'node:zlib'
import { parse } from 'csv-parse/sync'
import { stringify } from 'yaml'
import { contactsOf, importFile, importMap } from '../../domain/pinpoint/endpoints.ts'
import { type ExportDocument, sortExport } from '../../domain/pinpoint/export.ts'
import { moveExport } from '../../domain/pinpoint/move.ts'
import { counted, makeReport, type Report, writeReport } from '../../domain/pinpoint/report.ts'
import { faultLine, isError } from '../../domain/playbook/fault.ts'
import { isLanguage } from '../../domain/playbook/schema/common-schema.ts'
import { isTimeZone } from '../../domain/time/local-time.ts'
import { loadPlaybook } from '../../lib/playbook/load-playbook.ts'

export const usage = `usage: npm run pinpoint -- EXPORT_DIR OUT_DIR [--language en] [--time-zone Europe/Berlin]

Makes a playbook of what Amazon Pinpoint's API exported: journeys, segments, email templates (*.json) and endpoints
(*.json, *.ndjson, *.jsonl, *.csv, each also as *.gz), in any folders. OUT_DIR must be new or empty. It gets

  the playbook           npm run playbook -- check OUT_DIR
  report.md              what has no equal, what is done in another way, and what is to do before publishing
  import/contacts.csv    the endpoints with an address, each address once; without consent, of which Pinpoint has no proof
  import/map.yaml        what its columns are: npm run import -- OUT_DIR/import/contacts.csv --map OUT_DIR/import/map.yaml`

export interface PinpointOptions {
  readonly from: string
  readonly to: string
  readonly language: string
  readonly timeZone: string
  /** RFC 3339 UTC. */
  readonly now: string
}

/** @throws TypeError where the command line says something else than `usage`. */
export const readPinpointOptions = (args: readonly string[]): PinpointOptions => {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      language: { type: 'string', default: 'en' },
      'time-zone': { type: 'string', default: 'UTC' },
    },
  })
  const [from, to, ...others] = positionals
  if (from === undefined || to === undefined || others.length > 0)
    throw new TypeError('the folder of the export, and the one to write to')
  const timeZone = values['time-zone']
  if (!isLanguage(values.language))
    throw new TypeError(`--language takes a tag such as de, not ${values.language}`)
  if (!isTimeZone(timeZone))
    throw new TypeError(`--time-zone takes a zone such as Europe/Berlin, not ${timeZone}`)
  return { from, to, language: values.language, timeZone, now: new Date().toISOString() }
}

/** A row of an endpoint export, whose columns are paths: `User.UserAttributes.FirstName`. */
const endpointOfRow = (row: Readonly<Record<string, string>>): unknown => {
  const endpoint: Record<string, unknown> = {}
  for (const [column, value] of Object.entries(row)) {
    if (value === '') continue
    const path = column.trim().split('.')
    const list = /^\d+$/.test(path.at(-1) ?? '') ? path.slice(0, -1) : path
    let at: Record<string, unknown> = endpoint
    for (const part of list.slice(0, -1)) {
      const within = at[part]
      const next = typeof within === 'object' && within !== null ? { ...within } : {}
      at[part] = next
      at = next
    }
    const last = list.at(-1) ?? ''
    const isList = /^(Attributes|User\.UserAttributes)\./.test(column)
    const before = at[last]
    at[last] = isList ? [...(Array.isArray(before) ? before : []), value] : value
    if (/^Metrics\./.test(column)) at[last] = Number(value)
  }
  return endpoint
}

const documentsIn = (file: string, text: string): readonly ExportDocument[] => {
  if (/\.csv$/i.test(file)) {
    const rows: Record<string, string>[] = parse(text, { columns: true, bom: true, relax_column_count: true })
    return rows.map((row) => ({ file, json: endpointOfRow(row) }))
  }
  try {
    return [{ file, json: JSON.parse(text) }]
  } catch {
    // One document a line, as export jobs write them.
    const lines = text.split('\n').filter((line) => line.trim() !== '')
    return lines.map((line) => ({ file, json: JSON.parse(line) }))
  }
}

const readable = /\.(json|ndjson|jsonl|csv)(\.gz)?$/i

const readExport = async (folder: string, report: Report): Promise<readonly ExportDocument[]> => {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const paths = entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
  const documents: ExportDocument[] = []
  for (const path of paths) {
    const file = path.slice(join(folder, '/').length).replaceAll('\\', '/')
    const isPacked = /\.gz$/i.test(file)
    if (!readable.test(file) && !isPacked) continue
    const bytes = await readFile(path)
    const text = (isPacked ? gunzipSync(bytes) : bytes).toString('utf8')
    try {
      for (const one of documentsIn(file.replace(/\.gz$/i, ''), text.replace(/^\uFEFF/, '')))
        documents.push(one)
    } catch (error) {
      report.about('files that were not understood')('lost', `${file}: ${String(error)}`)
    }
  }
  return documents
}

const isEmpty = async (folder: string): Promise<boolean> =>
  (await readdir(folder).catch(() => [])).length === 0

const shipped = join(import.meta.dirname, '../../templates/emails')

/** The brand's name in the shipped layout. */
const wordmark = /Leisewerk <span class="mark"[^\n]*/

/** What the system sends itself, and the frame around it: as shipped, under the company's name. */
const systemEmails = async (language: string): Promise<readonly (readonly [string, string])[]> => {
  const source = language.startsWith('de') ? 'de' : 'en'
  const read = (name: string) => readFile(join(shipped, name), 'utf8')
  const names = ['confirm', 'confirm-reminder', 'handoff', 'reminder', 'escalation', 'reassigned']
  const emails = names.map(
    async (name) => [`emails/${name}.${language}.mjml`, await read(`${name}.${source}.mjml`)] as const,
  )
  const layout = (await read('_layout.mjml')).replace(wordmark, '{{ company.name }}')
  return [['emails/_layout.mjml', layout], ...(await Promise.all(emails))]
}

const write = async (folder: string, file: string, text: string): Promise<void> => {
  const path = join(folder, file)
  await mkdir(dirname(path), { recursive: true })
  await writeFile(path, text)
}

/** Replaces emails that do not pass the check by their words alone. */
const withoutFaults = async (
  folder: string,
  plain: ReadonlyMap<string, () => string>,
): Promise<Awaited<ReturnType<typeof loadPlaybook>>> => {
  const first = await loadPlaybook(folder)
  const faulty = new Set(first.faults.filter(isError).map(({ file }) => file))
  const again = [...plain].filter(([file]) => faulty.has(file))
  if (again.length === 0) return first
  for (const [file, words] of again) await write(folder, file, words())
  return loadPlaybook(folder)
}

/** @returns the exit code: 1 where the playbook does not pass the check. */
export const moveFolder = async (options: PinpointOptions): Promise<number> => {
  const { from, to } = options
  if (!(await isEmpty(to))) throw new Error(`${to} is not empty: name a new folder`)
  const report = makeReport()
  const exported = sortExport(await readExport(from, report))
  const { files, plain, sequences } = moveExport(exported, options, report)
  const contacts = contactsOf(exported, report.about('endpoints'))
  for (const [file, text] of [...(await systemEmails(options.language)), ...files])
    await write(to, file, text)
  await write(to, 'import/contacts.csv', importFile(contacts))
  await write(to, 'import/map.yaml', stringify(importMap(contacts)))
  await write(to, '.gitignore', '# personal data\nimport/\n')
  const { playbook, faults } = await withoutFaults(to, plain)
  for (const fault of faults) report.about('npm run playbook -- check')('note', faultLine(fault))
  const summary = [
    `${counted(exported.journeys.length, 'journey')} became ${counted(sequences, 'sequence')}`,
    `${counted(exported.templates.size, 'email template')} became ${exported.templates.size === 1 ? 'an email' : 'emails'}`,
    `${counted(exported.segments.size, 'segment')} of people`,
    `${counted(contacts.contacts.length, 'address', 'addresses')} of ${counted(exported.endpoints.length, 'endpoint')} in import/contacts.csv; ${contacts.optedOut.size} of them opted out`,
  ]
  await write(to, 'report.md', writeReport(summary, report.all()))
  for (const line of summary) console.log(line)
  for (const fault of faults.filter(isError)) console.log(join(to, faultLine(fault)))
  console.log(`What has no equal, and what is to do before publishing: ${join(to, 'report.md')}`)
  return playbook === undefined ? 1 : 0
}
