import { runDeadLetters } from './dead-letters/command.ts'

process.exitCode = await runDeadLetters(process.argv.slice(2)).catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error)
  return error instanceof TypeError ? 2 : 1
})
