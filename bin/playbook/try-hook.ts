import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { identityRules } from '../../domain/activity/subject.ts'
import { compileHook, type MappedEvent, mapEvent } from '../../domain/hook/map-event.ts'
import { eventsOf } from '../../domain/hook/waiting-events.ts'
import type { Json } from '../../domain/model/json.ts'
import { faultLine, isError } from '../../domain/playbook/fault.ts'
import { parsePlaybook } from '../../domain/playbook/parse-playbook.ts'
import { readFolder } from '../../lib/playbook/load-playbook.ts'
import { type Command, templates } from './check.ts'

const fingerprint = (text: string): string => createHash('sha256').update(text).digest('base64url')

const readBody = async (file: string): Promise<Json | undefined> => {
  try {
    return JSON.parse(await readFile(file, 'utf8'))
  } catch (error) {
    console.error(`${file}: ${error instanceof Error ? error.message : String(error)}`)
    return undefined
  }
}

const linesOf = ({ activities, errors, warnings }: MappedEvent): readonly string[] =>
  activities.length + errors.length === 0
    ? ['ignored']
    : [
        ...activities.map(({ type, subject, occurredAt, properties }) =>
          [type, JSON.stringify(subject), occurredAt, JSON.stringify(properties)].join('  '),
        ),
        ...warnings.map(({ path, message }) => `warning: ${path}: ${message}`),
        ...errors.map(({ path, message }) => `rejected: ${path}: ${message}`),
      ]

/** What a hook of the playbook in `dir` would make of a body: the mapping alone, before anything is published. */
const tryHook = async (source: string, file: string, dir: string): Promise<number> => {
  const { playbook, faults } = parsePlaybook(await readFolder(dir))
  for (const fault of faults.filter(isError)) console.log(faultLine(fault))
  if (playbook === undefined) return 1
  const hook = playbook.hooks?.[source]
  if (hook === undefined) {
    console.error(`${dir} has no hooks/${source}.yaml`)
    return 1
  }
  const body = await readBody(file)
  if (body === undefined) return 1
  const found = eventsOf(hook, body)
  if (found.type === 'refused') {
    for (const { path, message } of found.errors) console.error(`${file}: ${path} ${message}`)
    return 1
  }
  const compiled = compileHook(hook)
  const identity = identityRules(playbook.settings.identity)
  const options = { arrivedAt: new Date().toISOString(), identity, fingerprint }
  const mapped = found.events.map((event) => mapEvent(compiled, { event, body }, options))
  for (const [index, event] of mapped.entries())
    for (const line of linesOf(event)) console.log(`event ${index}: ${line}`)
  return mapped.some(({ errors }) => errors.length > 0) ? 1 : 0
}

export const tryHookCommand: Command = {
  usage: ['SOURCE BODY.json [DIR]', 'shows what hooks/SOURCE.yaml makes of a body'],
  run: async ([source, file, dir = templates, ...more]) =>
    source === undefined || file === undefined || more.length > 0 ? undefined : tryHook(source, file, dir),
}
