import { asksForHelp } from './help.ts'
import { backtest } from './playbook/backtest.ts'
import { type Command, check, schema } from './playbook/check.ts'
import { publish } from './playbook/publish.ts'
import { tryHookCommand } from './playbook/try-hook.ts'

const commands = new Map<string, Command>(
  Object.entries({ check, backtest, publish, schema, 'try-hook': tryHookCommand }),
)

const usage = [...commands]
  .map(
    (
      [
        name,
        {
          usage: [args, does],
        },
      ],
      index,
    ) => {
      const start = index === 0 ? 'usage: ' : '       '
      return `${start}npm run playbook -- ${`${name} ${args}`.trim().padEnd(36)} ${does}`
    },
  )
  .join('\n')

const [name = '', ...args] = process.argv.slice(2)
if (asksForHelp([name, ...args])) console.log(usage)
else {
  const code = await commands.get(name)?.run(args)
  if (code === undefined) console.error(usage)
  process.exitCode = code ?? 2
}
