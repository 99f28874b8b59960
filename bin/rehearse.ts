import { asksForHelp } from './help.ts'
import { loadProgramsEmpty } from './rehearse/empty-programs.ts'
import { type RehearseOptions, readOptions, usage } from './rehearse/options.ts'

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

loadProgramsEmpty()

let options: RehearseOptions | undefined
try {
  if (asksForHelp(process.argv)) console.log(usage)
  else options = readOptions(process.argv.slice(2))
} catch (error) {
  const given = process.argv.length > 2
  console.error(given ? `${messageOf(error)}\n\n${usage}` : usage)
  process.exitCode = 2
}
try {
  if (options) {
    // The functions themselves take a second to load: a mistyped option is answered before that.
    const { playRehearsal } = await import('./rehearse/play-rehearsal.ts')
    process.exitCode = await playRehearsal(options)
  }
} catch (error) {
  console.error(messageOf(error))
  process.exitCode = 1
}
