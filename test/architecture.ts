import { dirname, join } from 'node:path/posix'

/** Source text by path from the project's root, with `/` between folders. */
export type Sources = ReadonlyMap<string, string>

export interface Violation {
  readonly rule: string
  readonly file: string
  readonly found: string
}

interface Rule {
  readonly name: string
  readonly covers: (file: string) => boolean
  /** What in this file breaks the rule. */
  readonly breaches: (file: string, source: string) => readonly string[]
  /** A file that breaks this rule and no other: shows that the rule can fail. */
  readonly planted: readonly [file: string, source: string]
}

const isIn =
  (...folders: string[]) =>
  (file: string) =>
    folders.some((folder) => file === folder || file.startsWith(`${folder}/`))
const isEntry = (file: string): boolean => file.endsWith('.lambda.ts')
const isAdapter = isIn('functions/adapters')
/** Turns MJML into HTML: the one adapter that the command line and the deployment share with a function. */
const isMjml = isIn('functions/adapters/mjml')
const isPorts = (file: string): boolean => /^functions\/([a-z-]+-)?ports\.ts$/.test(file)
/** Where entries meet the outside: message and request shapes, middleware. */
const isEdge = isIn('functions/http', 'functions/queue')
const isContract = isIn('functions/environment.ts', 'functions/event-names.ts', 'functions/table-schema.ts')
/** Which events there are, and who takes them. */
const isEventTable = isIn('domain/model/event-table.ts', 'domain/model/event-row.ts')
/** Which columns the rows of the figures have. */
const isRowTable = isIn('domain/kpi/row.ts')
/** Wires use cases to stores in memory, as entries wire them to services. */
const isRehearsal = isIn('functions/rehearse')
const isUseCase = (file: string): boolean =>
  isIn('functions')(file) &&
  ![isEntry, isAdapter, isEdge, isContract, isRehearsal].some((isOther) => isOther(file))
/** Adapters that reach nothing outside the process. */
const isInMemory = (file: string): boolean =>
  file.startsWith('functions/adapters/memory-') || file === 'functions/adapters/digest.ts'

/** The folders of `domain`, each above those that it may import. */
const floors = [
  ['model'],
  ['texts'],
  ['time'],
  ['condition'],
  ['scoring'],
  ['step'],
  ['rules'],
  ['page'],
  ['activity'],
  ['sales'],
  ['lead'],
  ['consent'],
  ['sequence'],
  ['email'],
  ['sending'],
  ['deliverability'],
  ['form'],
  ['handoff'],
  [
    'import',
    'feedback',
    'hook',
    'webhook',
    'tracking',
    'split',
    'kpi',
    'calibration',
    'rescoring',
    'retention',
  ],
  ['cost', 'playbook'],
  ['backtest', 'rehearsal', 'pinpoint'],
]

/** How high a folder of `domain` stands; one that is not in the list stands above all others. */
const floorOf = (file: string): number => {
  const [, folder = ''] = file.split('/')
  const floor = floors.findIndex((names) => names.includes(folder))
  return floor < 0 ? floors.length : floor
}

const pureLibraries = [
  'zod',
  'zod/mini',
  'zod/v4/core',
  '@marcbachmann/cel-js',
  'temporal-polyfill',
  'liquidjs',
  'html-to-text',
  'yaml',
]
const isAwsSdk = (specifier: string): boolean =>
  specifier.startsWith('@aws-sdk/') || specifier.startsWith('@smithy/')
const isMiddleware = (specifier: string): boolean =>
  /^(@middy\/|@aws-lambda-powertools\/|hono\b)/.test(specifier)
const isNode = (specifier: string): boolean => specifier.startsWith('node:')

/** Import specifiers of a file; relative ones as paths from the root. */
export const importsOf = (file: string, source: string): readonly string[] =>
  [
    ...source.matchAll(
      /(?:^|[\s;}])(?:import|export)\s[^'"`;]*?from\s*['"]([^'"]+)['"]|import\(\s*['"]([^'"]+)['"]|^import\s*['"]([^'"]+)['"]/gm,
    ),
  ]
    .map(([, from, lazy, bare]) => from ?? lazy ?? bare ?? '')
    .map((specifier) => (specifier.startsWith('.') ? join(dirname(file), specifier) : specifier))

const withoutComments = (source: string): string => source.replace(/\/\*[\s\S]*?\*\/|(?<![:'"])\/\/.*$/gm, '')

/** A source without what it imports as types alone. */
const withoutTypes = (source: string): string =>
  source.replace(/(?:^|(?<=[\s;}]))import\s+type\s[^'"`;]*?from\s*['"][^'"]+['"]/gm, '')

const inBrowsers = (specifier: string): boolean =>
  /^(preact(\/hooks)?|wouter-preact|@tanstack\/preact-query|lucide-preact|oauth4webapi|@codemirror\/[\w/-]+|@lezer\/highlight)$/.test(
    specifier,
  )

/** Files of contacts are read in the browser as the command line reads them. */
const isTables = (specifier: string): boolean =>
  isIn('domain/import')(specifier) || specifier === 'csv-parse/browser/esm'

const featureOf = (path: string): string => path.split('/')[2] ?? ''

/** A rule on what may be imported: everything that `allowed` does not know is a breach. */
const mayImport =
  (allowed: (specifier: string, file: string) => boolean): Rule['breaches'] =>
  (file, source) =>
    importsOf(file, source).filter((specifier) => !allowed(specifier, file))

export const rules: readonly Rule[] = [
  {
    name: 'domain imports itself and pure libraries',
    covers: isIn('domain'),
    breaches: mayImport((specifier) => isIn('domain')(specifier) || pureLibraries.includes(specifier)),
    planted: ['domain/lead/planted.ts', "import { readFileSync } from 'node:fs'"],
  },
  {
    name: 'folders of domain import downwards',
    covers: isIn('domain'),
    breaches: (file, source) =>
      importsOf(file, source).filter(
        (specifier) => isIn('domain')(specifier) && floorOf(specifier) > floorOf(file),
      ),
    planted: ['domain/time/planted.ts', "import type { LeadState } from '../lead/lead-state.ts'"],
  },
  {
    name: 'domain takes time, ids and randomness as inputs and waits for nothing',
    covers: isIn('domain'),
    breaches: (_file, source) =>
      withoutComments(source).match(
        /\bDate\.now\b|\bnew Date\(\)|\bMath\.random\b|\bprocess\.|\bcrypto\.|\bfetch\(|\bsetTimeout\b|\bTemporal\.Now\b|\bawait\b|\basync\b/g,
      ) ?? [],
    planted: ['domain/lead/planted.ts', 'export const age = (at: number) => Date.now() - at'],
  },
  {
    name: 'use cases and ports know no technology',
    covers: isUseCase,
    breaches: mayImport(
      (specifier) =>
        isIn('domain')(specifier) ||
        pureLibraries.includes(specifier) ||
        isContract(specifier) ||
        isEdge(specifier) ||
        isUseCase(specifier),
    ),
    planted: ['functions/record/planted.ts', "import { dynamoLeads } from '../adapters/dynamo-leads.ts'"],
  },
  {
    name: 'the edges know messages, requests and middleware',
    covers: isEdge,
    breaches: mayImport(
      (specifier) =>
        isIn('domain', 'functions/ports.ts')(specifier) ||
        isEdge(specifier) ||
        pureLibraries.includes(specifier) ||
        isMiddleware(specifier) ||
        isNode(specifier) ||
        specifier === 'aws-lambda',
    ),
    planted: ['functions/http/planted.ts', "import { DynamoDBClient } from '@aws-sdk/client-dynamodb'"],
  },
  {
    name: 'adapters serve ports',
    covers: isAdapter,
    breaches: mayImport(
      (specifier, file) =>
        isIn('domain')(specifier) ||
        isPorts(specifier) ||
        isAdapter(specifier) ||
        (isMjml(file) && specifier === 'mjml') ||
        ['ipaddr.js', 'hyparquet', 'hyparquet-writer', 'image-size'].includes(specifier) ||
        isContract(specifier) ||
        pureLibraries.includes(specifier) ||
        isAwsSdk(specifier) ||
        isMiddleware(specifier) ||
        isNode(specifier),
    ),
    planted: ['functions/adapters/planted.ts', "import { handOff } from '../handoff/hand-off-lead.ts'"],
  },
  {
    name: 'entries wire a use case to adapters',
    covers: (file) => isIn('functions')(file) && isEntry(file),
    breaches: mayImport(
      (specifier) =>
        isIn('domain', 'functions')(specifier) ||
        pureLibraries.includes(specifier) ||
        isMiddleware(specifier) ||
        specifier === 'aws-lambda',
    ),
    planted: ['functions/record/planted.lambda.ts', "import { Stack } from 'aws-cdk-lib'"],
  },
  {
    name: 'a rehearsal wires use cases to memory alone',
    covers: isRehearsal,
    breaches: mayImport(
      (specifier) =>
        isIn('domain')(specifier) ||
        isRehearsal(specifier) ||
        isUseCase(specifier) ||
        isEdge(specifier) ||
        isContract(specifier) ||
        isInMemory(specifier) ||
        pureLibraries.includes(specifier),
    ),
    planted: ['functions/rehearse/planted.ts', "import { dynamoLeads } from '../adapters/dynamo-leads.ts'"],
  },
  {
    name: 'nobody imports an entry',
    covers: () => true,
    breaches: (file, source) => importsOf(file, source).filter(isEntry),
    planted: [
      'test/functions/planted.ts',
      "import { handler } from '../../functions/record/record.lambda.ts'",
    ],
  },
  {
    name: 'the deployment knows handlers by path only',
    covers: (file) => isIn('lib', 'bin/app.ts')(file) && !isIn('lib/playbook')(file),
    breaches: mayImport(
      (specifier) =>
        !isIn('domain', 'functions', 'local', 'console')(specifier) ||
        isContract(specifier) ||
        isEventTable(specifier) ||
        isRowTable(specifier),
    ),
    planted: ['lib/constructs/planted.ts', "import { foldLead } from '../../domain/lead/fold.ts'"],
  },
  {
    name: 'what makes a playbook of a folder knows the domain, and of the functions what builds playbooks',
    covers: isIn('lib/playbook'),
    breaches: mayImport(
      (specifier) =>
        !isIn('functions', 'local', 'console')(specifier) ||
        isMjml(specifier) ||
        isIn(
          'functions/playbook/check-draft.ts',
          'functions/playbook-ports.ts',
          'functions/adapters/pack.ts',
          'functions/adapters/read-picture.ts',
        )(specifier),
    ),
    planted: ['lib/playbook/planted.ts', "import { digest } from '../../functions/adapters/digest.ts'"],
  },
  {
    name: 'the runner runs any stack: it knows none of the project',
    covers: isIn('local'),
    breaches: mayImport(
      (specifier) => !isIn('domain', 'functions', 'lib', 'bin', 'console', 'templates')(specifier),
    ),
    planted: ['local/planted.ts', "import { table } from '../functions/table-schema.ts'"],
  },
  {
    name: 'the console knows types of the project, the texts for people, how files of contacts are read, how backtests add up, and its own libraries',
    covers: isIn('console'),
    breaches: (file, source) => [
      ...importsOf(file, withoutTypes(source)).filter(
        (specifier) =>
          !isIn('console', 'domain/texts')(specifier) &&
          // On the one page that reads them: they need not leave the browser to be looked through.
          !(isIn('console/features/imports')(file) && isTables(specifier)) &&
          !(isIn('console/features/scoring')(file) && specifier === 'domain/backtest/summary.ts') &&
          !inBrowsers(specifier),
      ),
      ...importsOf(file, source).filter((specifier) => isIn('lib', 'local', 'bin', 'test')(specifier)),
    ],
    planted: ['console/lib/planted.ts', "import { foldLead } from '../../domain/lead/fold.ts'"],
  },
  {
    name: 'features of the console know none of the others',
    covers: isIn('console/features'),
    breaches: (file, source) =>
      importsOf(file, source).filter(
        (specifier) => isIn('console/features')(specifier) && featureOf(specifier) !== featureOf(file),
      ),
    planted: ['console/features/leads/planted.tsx', "import { Row } from '../handoffs/row.tsx'"],
  },
  {
    name: 'what features of the console share knows no feature',
    covers: isIn('console/ui', 'console/lib'),
    breaches: (file, source) =>
      importsOf(file, source).filter(
        (specifier) =>
          isIn('console/features')(specifier) || (isIn('console/lib')(file) && isIn('console/ui')(specifier)),
      ),
    planted: ['console/lib/planted.ts', "import { Button } from '../ui/controls.tsx'"],
  },
  {
    name: 'no file is longer than 450 lines',
    covers: (file) => !isIn('test')(file),
    breaches: (_file, source) => {
      const lines = source.trimEnd().split('\n').length
      return lines > 450 ? [`${lines} lines`] : []
    },
    planted: ['domain/lead/planted.ts', 'export {}\n'.repeat(451)],
  },
]

export const violations = (sources: Sources): readonly Violation[] =>
  [...sources].flatMap(([file, source]) =>
    rules
      .filter(({ covers }) => covers(file))
      .flatMap(({ name, breaches }) => breaches(file, source).map((found) => ({ rule: name, file, found }))),
  )

/** Rings of files that import each other, each with the files in it (Tarjan's strongly connected components). */
export const circles = (sources: Sources): readonly (readonly string[])[] => {
  const found: string[][] = []
  const index = new Map<string, number>()
  const low = new Map<string, number>()
  const path: string[] = []
  const visit = (file: string): void => {
    index.set(file, index.size)
    low.set(file, index.size - 1)
    path.push(file)
    for (const next of importsOf(file, sources.get(file) ?? '')) {
      if (!sources.has(next)) continue
      if (!index.has(next)) visit(next)
      if (path.includes(next)) low.set(file, Math.min(low.get(file) ?? 0, low.get(next) ?? 0))
    }
    if (low.get(file) !== index.get(file)) return
    const ring = path.splice(path.indexOf(file))
    if (ring.length > 1) found.push(ring.toSorted())
  }
  for (const file of sources.keys()) if (!index.has(file)) visit(file)
  return found
}
