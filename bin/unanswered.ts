const codeOf = (error: unknown): unknown =>
  error instanceof Error && error.cause instanceof Error && 'code' in error.cause
    ? error.cause.code
    : undefined

/** Why `fetch` got no answer, for people. */
export const unanswered = (url: string | URL, error: unknown): Error => {
  const { origin } = new URL(url)
  if (codeOf(error) === 'ECONNREFUSED')
    return new Error(`Nothing is running at ${origin}: start it with npm start, or name another with --url.`)
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause.message : String(error)
  return new Error(`${origin} does not answer: ${cause}`)
}
