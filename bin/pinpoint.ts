import { asksForHelp } from './help.ts'
import { moveFolder, readPinpointOptions, usage } from './pinpoint/move-folder.ts'

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

const run = async (args: readonly string[]): Promise<number> => {
  if (asksForHelp(args)) {
    console.log(usage)
    return 0
  }
  let options: ReturnType<typeof readPinpointOptions>
  try {
    options = readPinpointOptions(args)
  } catch (error) {
    console.error(args.length === 0 ? usage : `${messageOf(error)}\n\n${usage}`)
    return 2
  }
  try {
    return await moveFolder(options)
  } catch (error) {
    console.error(messageOf(error))
    return 1
  }
}

process.exitCode = await run(process.argv.slice(2))
