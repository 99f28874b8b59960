const compiled = new Map<string, RegExp>()

/** Tests `value` against an IAM pattern in which `*` stands for any text and `?` for one character. */
export function matchesWildcard(pattern: string, value: string): boolean {
  if (pattern === '*') return true
  if (!pattern.includes('*') && !pattern.includes('?')) return pattern === value
  let expression = compiled.get(pattern)
  if (!expression) {
    const source = pattern
      .replace(/[\\^$.|+()[\]{}]/g, '\\$&')
      .replaceAll('*', '.*')
      .replaceAll('?', '.')
    expression = new RegExp(`^${source}$`, 's')
    if (compiled.size > 10_000) compiled.clear()
    compiled.set(pattern, expression)
  }
  return expression.test(value)
}

/** As `matchesWildcard`, but each of the six parts of an ARN by itself: a `*` never reaches over a colon into the next. */
export function matchesArn(pattern: string, arn: string): boolean {
  if (pattern === '*' || pattern === arn) return true
  const patternParts = arnParts(pattern)
  const parts = arnParts(arn)
  if (patternParts.length !== parts.length) return false
  return patternParts.every((part, index) => matchesWildcard(part, parts[index] ?? ''))
}

function arnParts(arn: string): string[] {
  const parts = arn.split(':')
  return parts.length <= 6 ? parts : [...parts.slice(0, 5), parts.slice(5).join(':')]
}
