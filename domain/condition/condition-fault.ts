/** Why a condition cannot be compiled, and where; caught by `compileCondition`, which returns it as a value. */
export class ConditionFault extends Error {
  override readonly name = 'ConditionFault'
  readonly offset: number
  readonly unknown: UnknownName | undefined

  constructor(message: string, offset: number, unknown?: UnknownName) {
    super(message)
    this.offset = offset
    this.unknown = unknown
  }
}

/** A name that nothing has, and the names that would be right in its place. */
export interface UnknownName {
  readonly name: string
  readonly known: readonly string[]
}
