type Done<Value = unknown> = (error: unknown, value?: Value) => void

/** Where the engine keeps what it knows of each table. */
export interface Tables {
  get(name: string, done: Done): void
  put(name: string, table: unknown, done: Done): void
  del(name: string, done: Done): void
}

/** Every call begins with the definition of its table: it is read and parsed once, and again where it was changed. */
export function rememberTables(tables: Tables): void {
  const known = new Map<string, unknown>()
  const { get, put, del } = tables
  const forgetting =
    (name: string, done: Done): Done =>
    (...answer) => {
      known.delete(name)
      done(...answer)
    }
  tables.get = (name, done) => {
    const table = known.get(name)
    if (table !== undefined) return done(null, table)
    get(name, (error, found) => {
      if (!error && found !== undefined) known.set(name, found)
      done(error, found)
    })
  }
  tables.put = (name, table, done) => put(name, table, forgetting(name, done))
  tables.del = (name, done) => del(name, forgetting(name, done))
}

/** What a parser is given beside an expression, and what it crosses out. */
interface Spelling {
  readonly attrNames?: Readonly<Record<string, string>> | null
  readonly attrVals?: Readonly<Record<string, unknown>> | null
  readonly unusedAttrNames: Record<string, true>
  readonly unusedAttrVals: Record<string, true>
}

/** The engine's parser of conditions: its answer is only read. */
export interface Parser {
  parse(text: string, options: { readonly context: Spelling }): unknown
}

interface Parsed {
  readonly answer: unknown
  readonly names: readonly string[]
  readonly values: readonly string[]
}

const mostKnown = 1_000
const emptied = (before: readonly string[], after: object) => before.filter((name) => !(name in after))

/** A process has one parser, however many engines it starts. */
const remembering = new WeakSet<Parser>()

/** Parses a condition once that is asked again and again in the same words: that an item is new, or at a certain version. */
export function rememberConditions(parser: Parser): void {
  if (remembering.has(parser)) return
  remembering.add(parser)
  const known = new Map<string, Parsed>()
  const { parse } = parser
  parser.parse = (text, options) => {
    const { attrNames, attrVals, unusedAttrNames, unusedAttrVals } = options.context
    // What is asked with more values is hardly asked twice.
    if (Object.keys(attrVals ?? {}).length > 1) return parse(text, options)
    const asked = JSON.stringify([text, attrNames, attrVals])
    const found = known.get(asked)
    if (found) {
      for (const name of found.names) delete unusedAttrNames[name]
      for (const name of found.values) delete unusedAttrVals[name]
      return found.answer
    }
    const [names, values] = [Object.keys(unusedAttrNames), Object.keys(unusedAttrVals)]
    const answer = parse(text, options)
    if (known.size === mostKnown) known.clear()
    if (typeof answer === 'object')
      known.set(asked, {
        answer,
        names: emptied(names, unusedAttrNames),
        values: emptied(values, unusedAttrVals),
      })
    return answer
  }
}

interface Change {
  readonly type: 'put' | 'del'
  readonly key: string
  readonly value?: unknown
}

/** Writes of a LevelDB: without somebody to tell, they answer with a promise. */
interface Writes {
  put(key: string, value: unknown, done?: Done): unknown
  del(key: string, done?: Done): unknown
  batch(changes: readonly Change[], done: Done): unknown
}

/**
 * What is to be written within one turn of the event loop goes to LevelDB in one batch: each write would else ask a thread
 * of the pool for itself. Nobody is told that something is written before it is.
 */
export function writeTogether(db: Writes): void {
  const { batch, put, del } = db
  let waiting: { readonly change: Change; readonly done: Done }[] = []
  const flush = () => {
    const all = waiting
    waiting = []
    batch(
      all.map(({ change }) => change),
      (error) => {
        for (const { done } of all) done(error)
      },
    )
  }
  const add = (change: Change, done: Done): void => {
    if (waiting.push({ change, done }) === 1) setImmediate(flush)
  }
  db.put = (key, value, done) => (done ? add({ type: 'put', key, value }, done) : put(key, value))
  db.del = (key, done) => (done ? add({ type: 'del', key }, done) : del(key))
}
