import { parseArgs } from 'node:util'
import { deploymentOptions, findDeployment } from '../deployment.ts'
import { asksForHelp } from '../help.ts'
import { describeLetter, type Letter, shortName, type WorkQueue } from './letter.ts'
import { type DeadLetterQueues, mostHeld, openDeadLetters } from './queues.ts'

const usage = `npm run dead-letters -- list      how many wait, and in which queue
npm run dead-letters -- show      what each was, why it failed, and what redriving will do
npm run dead-letters -- redrive   puts each where it belongs; repeats do no harm
npm run dead-letters -- discard   deletes them: takes --queue or --id
Each takes [--queue NAME] [--id MESSAGE] [--url URL | --aws [--env NAME]].`

interface Wanted {
  readonly queue?: string | undefined
  readonly id?: string | undefined
}

const isAmong =
  ({ queue, id }: Wanted) =>
  ({ from, messageId }: Letter): boolean =>
    (queue === undefined || isNamed(from, queue)) && (id === undefined || messageId === id)

const isNamed = (queue: WorkQueue, name: string): boolean =>
  [shortName(queue), queue.name, queue.deadLetters.name].includes(name)

/** @throws naming the queues there are */
const chosen = ({ queues }: DeadLetterQueues, { queue: name }: Wanted): readonly WorkQueue[] => {
  const found = queues.filter((queue) => name === undefined || isNamed(queue, name))
  if (found.length === 0)
    throw new TypeError(`no queue ${name}: there are ${queues.map(shortName).join(', ')}`)
  return found
}

type Work = (
  queues: DeadLetterQueues,
  letters: Awaited<ReturnType<DeadLetterQueues['take']>>,
) => Promise<void>

const headline = ({ messageId, sentAt }: Letter): string => `${messageId}  ${sentAt}`

const works: Readonly<Record<'list' | 'show' | 'redrive' | 'discard', Work>> = {
  list: (queues, letters) => queues.putBack(letters),
  show: (queues, letters) => {
    for (const letter of letters) console.log(`${headline(letter)}\n  ${describeLetter(letter)}`)
    return queues.putBack(letters)
  },
  redrive: async (queues, letters) => {
    await queues.inTens(letters, queues.redrive)
    for (const letter of letters) console.log(`${headline(letter)}  put on ${shortName(letter.to)}`)
  },
  discard: async (queues, letters) => {
    await queues.inTens(letters, queues.discard)
    for (const letter of letters) console.log(`${headline(letter)}  discarded`)
  },
}

const changes = (command: keyof typeof works): boolean => command === 'redrive' || command === 'discard'

/** A queue's letters in rounds, as many as anybody can hold in hand; those that are only looked at come in one. */
const workOn = async (
  command: keyof typeof works,
  queues: DeadLetterQueues,
  queue: WorkQueue,
  { wanted, before }: { readonly wanted: Wanted; readonly before: string },
): Promise<number> => {
  let count = 0
  for (;;) {
    const taken = await queues.take(queue, before)
    const letters = taken.filter(isAmong(wanted))
    await works[command](queues, letters)
    count += letters.length
    if (letters.length > 0 && letters.length === taken.length && changes(command)) continue
    if (letters.length < taken.length)
      await queues.putBack(taken.filter((letter) => !letters.includes(letter)))
    return count
  }
}

const isCommand = (word: string | undefined): word is keyof typeof works =>
  word !== undefined && word in works

/** @param args those after the command's name. @returns the exit code. @throws TypeError where the arguments make no sense. */
export const runDeadLetters = async (args: readonly string[]): Promise<number> => {
  if (asksForHelp(args)) {
    console.log(usage)
    return 0
  }
  const { values, positionals } = parseArgs({
    args: [...args],
    options: { ...deploymentOptions, queue: { type: 'string' }, id: { type: 'string' } },
    allowPositionals: true,
  })
  const [command] = positionals
  const { queue, id } = values
  if (!isCommand(command) || positionals.length !== 1 || (command === 'discard' && !queue && !id)) {
    console.error(usage)
    return 2
  }
  const deployment = await findDeployment(values)
  const before = deployment.clock()
  const queues = await openDeadLetters(deployment)
  const counts = await Promise.all(
    chosen(queues, values).map(async (one) => {
      const count = await workOn(command, queues, one, { wanted: { queue, id }, before })
      return [shortName(one), count] as const
    }),
  )
  if (id !== undefined && counts.every(([, count]) => count === 0)) {
    console.error(`No dead letter ${id}: npm run dead-letters -- show has the ids.`)
    return 1
  }
  for (const [name, count] of counts) if (count > 0) console.log(`${String(count).padStart(6)}  ${name}`)
  console.log(
    summary(
      command,
      counts.map(([, count]) => count),
    ),
  )
  return 0
}

const summary = (command: keyof typeof works, counts: readonly number[]): string => {
  const count = counts.reduce((sum, one) => sum + one, 0)
  const letters = `${count} ${count === 1 ? 'dead letter' : 'dead letters'}`
  if (command === 'redrive') return `${letters} redriven.`
  if (command === 'discard') return `${letters} discarded.`
  if (count === 0) return 'No dead letters.'
  return counts.some((one) => one >= mostHeld) ? `${letters} or more.` : `${letters}.`
}
