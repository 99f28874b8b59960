import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { compilePattern, InvalidPattern } from '../../local/events/pattern.ts'

interface Case {
  readonly test: string
  readonly pattern: string
  readonly event: string
  readonly expected: boolean
}

const folder = process.argv[2]
if (!folder) {
  console.error('Usage: npm run conformance -- DIR   (a folder with cases.json and invalid.json)')
  process.exit(2)
}

const cases: Case[] = JSON.parse(readFileSync(join(folder, 'cases.json'), 'utf8'))
const invalid: Omit<Case, 'event' | 'expected'>[] = JSON.parse(
  readFileSync(join(folder, 'invalid.json'), 'utf8'),
)
const faults = [...cases.map(disagreement), ...invalid.map(acceptance)].filter((fault) => fault !== undefined)

for (const fault of faults) console.log(fault)
console.log(`${cases.length + invalid.length - faults.length} passed, ${faults.length} failed`)
process.exitCode = faults.length === 0 ? 0 : 1

function disagreement({ test, pattern, event, expected }: Case): string | undefined {
  const answer = attempt(() => compilePattern(pattern)(event))
  return answer === expected
    ? undefined
    : `${test}: expected ${expected}, got ${answer}\n  ${pattern}\n  ${event}`
}

function acceptance({ test, pattern }: { test: string; pattern: string }): string | undefined {
  const answer = attempt(() => typeof compilePattern(pattern))
  return answer instanceof InvalidPattern
    ? undefined
    : `${test}: expected a refusal, got ${answer}\n  ${pattern}`
}

function attempt<T>(run: () => T): T | Error {
  try {
    return run()
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error))
  }
}
