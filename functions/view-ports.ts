/** A list under a name. */
export interface View {
  readonly name: string
  /** Filters and order, as they stand in the address behind `?`. */
  readonly query: string
}

interface Views {
  readonly items: readonly View[]
  /** 0: none was ever saved. */
  readonly version: number
}

/** Of each signed-in person their own. */
export interface SavedViews {
  load(person: string): Promise<Views>
  /** One conditional write against `views.version`. @returns what stands. @throws Conflict */
  commit(person: string, views: Views): Promise<Views>
}
