import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import * as z from 'zod/mini'
import { environments, functionNames, variableNames } from '../../domain/condition/environment.ts'
import { constantShapes, type Shape, scopeOf } from '../../domain/email/liquid.ts'
import { definitions } from '../../domain/kpi/definitions.ts'
import { stageMetrics } from '../../domain/kpi/metrics.ts'
import { rowColumns, rowKinds } from '../../domain/kpi/row.ts'
import { builtInActivityTypes, builtInAttributes, salesEmails } from '../../domain/model/built-in-names.ts'
import { events } from '../../domain/model/event-table.ts'
import { leadEvents } from '../../domain/model/events.ts'
import { jsonSchemas } from '../../domain/playbook/json-schemas.ts'
import { fieldTypes } from '../../domain/playbook/schema/form-schema.ts'
import { enFigures } from '../../domain/texts/en-figures.ts'
import { mayBeReported } from '../../domain/tracking/beacon.ts'
import { everyone } from '../../functions/api/api-request.ts'
import { consoleRoutes } from '../../functions/api/routes.ts'
import { calibrationRoutes } from '../../functions/calibrate/calibration-routes.ts'
import { emailRoutes } from '../../functions/emails/email-routes.ts'
import { hookRoutes } from '../../functions/hook/hook-routes.ts'
import { kpiRoutes } from '../../functions/kpi/kpi-routes.ts'
import { playbookRoutes } from '../../functions/playbook/playbook-routes.ts'
import { settingsRoutes } from '../../functions/settings/settings-routes.ts'
import { playbookFolder, readConfig } from '../../lib/config.ts'
import type { Blocks, Row, Table } from './page.ts'
import { schemaRows } from './schema-rows.ts'

const root = join(import.meta.dirname, '../..')
const code = (text: string): string => `\`${text}\``
/** Rows whose other columns are words of the page. */
const named = (names: readonly string[]): readonly Row[] => names.map((name) => ({ cells: [code(name)] }))

/** Fields of a schema, as people send them; what may be missing has a question mark. */
const fieldsOf = (schema: z.ZodMiniType): readonly string[] => {
  const { properties = {}, required = [] } = z.toJSONSchema(schema, { unrepresentable: 'any', io: 'input' })
  return Object.keys(properties).map((name) => (required.includes(name) ? name : `${name}?`))
}

const eventsAbout = (about: 'lead' | 'system'): Table => ({
  head: ['event', '`data`', 'taken by', 'what happened'],
  rows: Object.entries(events)
    .filter(([type]) => Object.hasOwn(leadEvents, type) === (about === 'lead'))
    .map(([type, { title, data, takenBy }]) => ({
      cells: [code(type), fieldsOf(data).map(code).join(', '), takenBy.join(', ')],
      words: title,
    })),
})

/** The routes for people with a role. */
export const routes = [
  ...consoleRoutes,
  ...playbookRoutes,
  ...emailRoutes,
  ...kpiRoutes,
  ...calibrationRoutes,
  ...hookRoutes,
  ...settingsRoutes,
]

const routeRow = ({ method, path, roles, query, body }: (typeof routes)[number]): Row => {
  const address = `${method} ${path.replace(/:(\w+)/g, '{$1}')}`
  const asked = query && code(`?${fieldsOf(query).join('&').replaceAll('?', '')}`)
  const sent = body && code(`{ ${fieldsOf(body).join(', ')} }`)
  const who = roles.length === everyone.length ? 'all' : roles.join(', ')
  return { cells: [code(address), [asked, sent].filter(Boolean).join(' '), who] }
}

const roleRow = (role: (typeof everyone)[number]): Row => {
  const open = routes.filter(({ roles }) => roles.some((one) => one === role))
  const actions = new Set(open.flatMap(({ action }) => action ?? []))
  return { cells: [code(`local-${role}`), [...actions].map(code).join(', ')] }
}

const { variables, functions } = environments.activity.getDefinitions()

const conditionVariables = (): readonly Row[] =>
  [...variableNames('activity'), ...variableNames('event')].map((name) => ({
    cells: [code(name), code(variables.find((one) => one.name === name)?.type ?? 'dyn')],
  }))

const conditionFunctions = (): readonly Row[] =>
  functions
    .filter(({ name, receiverType }) => receiverType === null && functionNames.includes(name))
    .map(({ signature, returnType }) => ({ cells: [code(signature.replace(/: .*/, '')), code(returnType)] }))

/** Paths of a name in an email; one item of a list is shown for all. */
const pathsOf = (name: string, shape: Shape): readonly string[] => {
  switch (shape.type) {
    case 'fields':
      return Object.entries(shape.fields).flatMap(([field, child]) => pathsOf(`${name}.${field}`, child))
    case 'list':
      return pathsOf(`${name}[]`, shape.item)
    case 'open':
      return [...shape.always, 'NAME'].map((field) => `${name}.${field}`)
    case 'text':
    case 'anything':
      return [name]
    default:
      return shape satisfies never
  }
}

/** Each name of an email with what it holds; links lead to different places. */
const namesIn = (scope: Readonly<Record<string, Shape>>): readonly { name: string; fields: string }[] =>
  Object.entries(scope).flatMap(([root, shape]) => {
    const paths = pathsOf(root, shape)
    if (root === 'links') return paths.map((name) => ({ name, fields: '' }))
    const name = shape.type === 'list' ? `${root}[]` : root
    const fields = paths.map((path) => path.slice(name.length)).filter((field) => field !== '')
    return [{ name, fields: fields.map(code).join(', ') }]
  })

const emailVariables = (): readonly Row[] => {
  const emails = ['sequences', 'confirm', 'confirm-reminder', ...salesEmails]
  const all = emails.flatMap((email) =>
    namesIn(scopeOf(email, { attributes: [], forms: ['NAME'] })).map((one) => ({ ...one, email })),
  )
  const rows = [...Map.groupBy(all, ({ name }) => name)].map(([name, uses]) => {
    const users = uses.map(({ email }) => email).join(', ')
    const many = new Map([
      [emails.join(', '), 'every email'],
      [salesEmails.join(', '), 'emails to sales'],
    ])
    return { cells: [code(name), uses[0]?.fields ?? '', many.get(users) ?? users] }
  })
  const constants = namesIn(constantShapes).map(({ name, fields }) => ({
    cells: [code(name), fields, 'MJML of every email'],
  }))
  return [...rows, ...constants]
}

/** The keys that are asked for when a deployment is configured. */
const contextKeys = (): readonly Row[] => {
  const keys: string[] = []
  const context = { tryGetContext: (key: string) => void keys.push(key) }
  playbookFolder(context)
  readConfig(context)
  return named(keys)
}

const scripts = (): readonly Row[] => {
  const { scripts }: { scripts: object } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  return named(Object.keys(scripts).map((name) => `npm ${/^(start|test)$/.test(name) ? '' : 'run '}${name}`))
}

const usages = async (): Promise<string> => {
  const printed = [
    'playbook',
    'rehearse',
    'import',
    'export',
    'wakes',
    'keys',
    'dead-letters',
    'demo',
    'pinpoint',
  ].map((name) => promisify(execFile)(process.execPath, [join(root, `bin/${name}.ts`), '--help']))
  return (await Promise.all(printed)).map(({ stdout }) => `\`\`\`\n${stdout.trimEnd()}\n\`\`\``).join('\n\n')
}

const playbookFiles = Object.entries(jsonSchemas()).map(([file, schema]): readonly [string, () => Table] => [
  file.replace('.json', ''),
  () => ({ head: ['key', 'value', ''], rows: schemaRows(schema ?? {}) }),
])

export const blocks: Blocks = {
  ...Object.fromEntries(playbookFiles),
  'lead-events': () => eventsAbout('lead'),
  'system-events': () => eventsAbout('system'),
  routes: () => ({ head: ['route', 'takes', 'roles', 'answer'], rows: routes.map(routeRow) }),
  roles: () => ({
    head: ['local token', 'does, as the audit log names it', 'may'],
    rows: everyone.map(roleRow),
  }),
  variables: () => ({ head: ['name', 'type', 'what it is'], rows: conditionVariables() }),
  functions: () => ({ head: ['function', 'gives', 'what it is'], rows: conditionFunctions() }),
  activities: () => ({
    head: ['type', 'sent by', 'when, and properties with a meaning'],
    rows: builtInActivityTypes.map((type) => ({
      cells: [code(type), mayBeReported(type) ? 'programs, pages' : 'programs'],
    })),
  }),
  attributes: () => ({ head: ['attribute', 'what it is'], rows: named(builtInAttributes) }),
  'email-variables': () => ({ head: ['variable', 'with', 'in', 'what it is'], rows: emailVariables() }),
  metrics: () => ({
    head: ['stage', 'metrics'],
    rows: Object.entries(stageMetrics).map(([stage, names]) => ({
      cells: [code(stage)],
      words: Object.keys(names).map(code).join(', '),
    })),
  }),
  figures: () => ({
    head: ['figure', 'unit', 'name', 'what does not count', 'what counts'],
    rows: definitions.map(({ group, key, unit, label, leavesOut, ...words }) => ({
      cells: [
        code(`${group}.${key}`),
        unit,
        label.en,
        leavesOut.en === enFigures.common.leavesOut ? '' : leavesOut.en,
      ],
      words: [
        words.counts.en,
        ...(words.numerator && words.denominator
          ? [`Numerator: ${words.numerator.en} Denominator: ${words.denominator.en}`]
          : []),
      ].join(' '),
    })),
  }),
  'row-columns': () => ({
    head: ['column', 'type', 'null', 'what it is'],
    rows: rowColumns.map(({ name, type, nullable }) => ({
      cells: [code(name), type, nullable ? 'yes' : 'no'],
    })),
  }),
  'row-kinds': () => ({ head: ['`kind`', 'what it tells'], rows: named(rowKinds) }),
  'field-types': () => ({ head: ['`type`', ''], rows: named(fieldTypes) }),
  context: () => ({ head: ['context', 'what it does'], rows: contextKeys() }),
  scripts: () => ({ head: ['command', 'what it does'], rows: scripts() }),
  usages,
}
