import { identityKey, identityRules } from '../../domain/activity/subject.ts'
import { hashText } from '../../domain/model/hash-text.ts'
import type { Rules } from '../../domain/rules/rules.ts'
import { type Imports, importLanes, type WaitingBlock, type WaitingRow } from '../import-ports.ts'

interface WaitPorts {
  readonly imports: Imports
  readonly rules: Rules
}

/** Rows of so many lines that follow each other wait together, a lane's in as many blocks as they fill. */
const linesPerSpan = 240
const blocksPerSpan = 4
/** Bytes of the rows of a block: an item takes 400 KB, and each row of a span may be one that is left out. */
const largestBlock = 380_000

/** Rows about one person are in one lane, whatever lines they stand in. */
const laneFor = (row: WaitingRow, rules: Rules): number =>
  'email' in row
    ? hashText(identityKey(row.email, identityRules(rules.playbook.settings.identity))) % importLanes
    : row.line % importLanes

const spanOf = ({ line }: WaitingRow): number => Math.floor(line / linesPerSpan)

/** The blocks of a lane for rows that follow each other, in the order in which they are filled. */
interface Group {
  readonly lane: number
  readonly span: number
  readonly blocks: readonly WaitingBlock[]
}

/** What waits of some spans in each lane, and the lines that have come already, in whichever lane. */
const readGroups = async ({ imports }: WaitPorts, importId: string, spans: readonly number[]) => {
  const lanes = Array.from({ length: importLanes }, (_, lane) => lane)
  const indexes = Array.from({ length: blocksPerSpan }, (_, index) => index)
  const known = new Set<number>()
  const groups = await Promise.all(
    spans.flatMap((span) =>
      lanes.map(async (lane): Promise<Group> => {
        const places = indexes.map((index) => ({ importId, lane, block: span * blocksPerSpan + index }))
        const [blocks, taken] = await Promise.all([
          Promise.all(
            places.map(async (place) => (await imports.waiting(place)) ?? { ...place, rows: [], version: 0 }),
          ),
          Promise.all(places.map(imports.taken)),
        ])
        for (const { rows } of blocks) for (const { line } of rows) known.add(line)
        for (const block of taken)
          for (const line of Object.keys(block?.results ?? {})) known.add(Number(line))
        return { lane, span, blocks }
      }),
    ),
  )
  return { groups, known }
}

const bytesOf = (rows: readonly WaitingRow[]): number => Buffer.byteLength(JSON.stringify(rows))

/** Blocks with what is added to them: the last one that waits is filled, and then the next. Rows that fit into none are left out. */
const filled = (blocks: readonly WaitingBlock[], rows: readonly WaitingRow[]): readonly WaitingBlock[] => {
  if (rows.length === 0) return []
  const changed = new Map<number, WaitingBlock>()
  let at = Math.max(
    0,
    blocks.findLastIndex((block) => block.rows.length > 0),
  )
  let bytes = bytesOf(blocks[at]?.rows ?? [])
  for (const row of rows) {
    const more = bytesOf([row])
    if (bytes + more > largestBlock && at + 1 < blocks.length) [at, bytes] = [at + 1, 0]
    const fits = bytes + more <= largestBlock
    const waits = fits ? row : { line: row.line, reason: 'too many long rows about one person' as const }
    const block = changed.get(at) ?? blocks[at]
    if (block) changed.set(at, { ...block, rows: [...block.rows, waits] })
    if (fits) bytes += more
  }
  return [...changed.values()]
}

/** Adds those rows to what waits that have not come yet. @returns the lanes of all. @throws Conflict */
export const makeAddFresh =
  (ports: WaitPorts) =>
  async (importId: string, rows: readonly WaitingRow[]): Promise<readonly number[]> => {
    const { imports, rules } = ports
    const { groups, known } = await readGroups(ports, importId, [...new Set(rows.map(spanOf))])
    const placed = rows.map((row) => ({ row, lane: laneFor(row, rules) }))
    const nameOf = (lane: number, span: number): string => `${lane}#${span}`
    const fresh = placed.filter(({ row }) => !known.has(row.line))
    const rowsOf = Map.groupBy(fresh, ({ row, lane }) => nameOf(lane, spanOf(row)))
    const changed = groups.flatMap(({ lane, span, blocks }) =>
      filled(blocks, rowsOf.get(nameOf(lane, span))?.map(({ row }) => row) ?? []),
    )
    await Promise.all(changed.map(imports.commitWaiting))
    // Of all rows: whoever sent them before may have died before saying so.
    return [...new Set(placed.map(({ lane }) => lane))]
  }
