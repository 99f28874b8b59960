import { registerHooks } from 'node:module'
import { asksForHelp } from './help.ts'
import { type RehearseOptions, readOptions, usage } from './rehearse/options.ts'

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

/** The functions carry programs for browsers, which bundling makes. Nobody's browser is played, so they are empty here. */
registerHooks({
  load: (url, context, nextLoad) =>
    url.endsWith('?program')
      ? { format: 'module', source: "export default ''", shortCircuit: true }
      : nextLoad(url, context),
})

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
    // The functions themselves take a second to load: whoever mistyped an option need not wait for them.
    const { playRehearsal } = await import('./rehearse/play-rehearsal.ts')
    process.exitCode = await playRehearsal(options)
  }
} catch (error) {
  console.error(messageOf(error))
  process.exitCode = 1
}
