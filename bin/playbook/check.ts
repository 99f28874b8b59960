import { checkPlaybook } from '../../lib/playbook/check-playbook.ts'
import { type Command, templates } from './command.ts'

export const check: Command = {
  usage: ['[DIR]', 'validates a playbook (default: templates)'],
  run: async (args) =>
    args.length > 1 || args[0]?.startsWith('-')
      ? undefined
      : checkPlaybook(args[0] ?? templates, console.log),
}
