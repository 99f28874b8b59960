/** Who reads about a handoff, and how times are written for them. */
export interface Reader {
  /** BCP 47. */
  readonly language: string
  /** IANA. */
  readonly timeZone: string
}
