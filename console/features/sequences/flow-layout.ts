import type { SequenceFlow } from './sequences-api.ts'

/** Where a step stands, in columns and rows: halves are between two columns. */
interface Place {
  readonly column: number
  readonly row: number
}

/** From step to step, through the column of a way that has no step of its own. */
interface Line {
  readonly from: number
  readonly to: number
  readonly way: string | undefined
  readonly column: number
}

interface Layout {
  readonly places: ReadonlyMap<number, Place>
  readonly lines: readonly Line[]
  readonly columns: number
  readonly rows: number
}

interface Block {
  readonly columns: number
  /** The first free one below it. */
  readonly row: number
}

type Edges = SequenceFlow['edges']

const edgesBy = (edges: Edges): ReadonlyMap<number, Edges> =>
  edges.reduce(
    (by, edge) => by.set(edge.from, [...(by.get(edge.from) ?? []), edge]),
    new Map<number, Edges>(),
  )

/** Draws a sequence from top to bottom: ways stand side by side, under the step that parts them, and meet again below. */
export const layOut = ({ edges, end, nodes }: Pick<SequenceFlow, 'edges' | 'end' | 'nodes'>): Layout => {
  const next = edgesBy(edges)
  const places = new Map<number, Place>()
  const lines: Line[] = []
  const reachedFrom = (index: number): ReadonlySet<number> => {
    const seen = new Set([index])
    for (const one of seen) for (const { to } of next.get(one) ?? []) seen.add(to)
    return seen
  }
  /** Where all ways that go on to the end come together: steps only ever lead further down. */
  const meetingOf = (ways: Edges): number | undefined => {
    const going = ways.map(({ to }) => reachedFrom(to)).filter((reached) => reached.has(end.id))
    const [first, ...others] = going
    return [...(first ?? [])]
      .filter((one) => others.every((reached) => reached.has(one)))
      .toSorted((a, b) => a - b)[0]
  }

  /** Places what comes from `index` on before `stop`, from `column` and `row` on. */
  const place = (index: number, stop: number | undefined, column: number, row: number): Block => {
    if (index === stop || places.has(index)) return { columns: 1, row }
    const ways = next.get(index) ?? []
    const [only] = ways
    if (ways.length <= 1) {
      const below: Block = only ? place(only.to, stop, column, row + 1) : { columns: 1, row: row + 1 }
      places.set(index, { column: column + (below.columns - 1) / 2, row })
      if (only)
        lines.push({ from: index, to: only.to, way: only.way, column: column + (below.columns - 1) / 2 })
      return below
    }
    return fork(index, ways, { stop, column, row })
  }

  const fork = (
    index: number,
    ways: Edges,
    at: { stop: number | undefined; column: number; row: number },
  ): Block => {
    const meeting = meetingOf(ways)
    let columns = 0
    let row = at.row + 1
    for (const { to, way } of ways) {
      const begin = at.column + columns
      const block = place(to, meeting, begin, at.row + 1)
      lines.push({ from: index, to, way, column: begin + (block.columns - 1) / 2 })
      columns += block.columns
      row = Math.max(row, to === meeting ? at.row + 2 : block.row)
    }
    const own = at.column + (columns - 1) / 2
    places.set(index, { column: own, row: at.row })
    if (meeting === undefined || meeting === at.stop || places.has(meeting)) return { columns, row }
    const below = place(meeting, at.stop, at.column, row)
    recenter(meeting, own - (at.column + (below.columns - 1) / 2))
    return { columns: Math.max(columns, below.columns), row: below.row }
  }

  /** Moves what stands below a meeting under its middle. */
  const recenter = (index: number, by: number): void => {
    if (by <= 0) return
    const moved = reachedFrom(index)
    for (const one of moved) {
      const before = places.get(one)
      if (before) places.set(one, { ...before, column: before.column + by })
    }
    lines.forEach((line, at) => {
      if (moved.has(line.from)) lines[at] = { ...line, column: line.column + by }
    })
  }

  const [first] = nodes
  const whole = place(first?.id ?? end.id, undefined, 0, 0)
  return { places, lines, columns: whole.columns, rows: whole.row }
}
