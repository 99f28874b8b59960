import type { SequenceTrigger, Step } from '../../domain/model/sequence.ts'
import { durationText } from './format.ts'
import { activityWords, t, words } from './texts.ts'

interface StepWords {
  readonly title: string
  /** A condition, a message or a variable, as the playbook has it. */
  readonly code?: string
}

/** A step as a marketer would say it. */
export const stepWords = (step: Step): StepWords => {
  const { steps } = t.sequences
  switch (step.type) {
    case 'email':
      return { title: step.email }
    case 'wait':
      return { title: steps.wait(durationText(step.for)) }
    case 'wait-until':
      return { title: steps.until(step.weekday, step.time) }
    case 'wait-for':
      return { title: steps.waitFor(activityWords(step.activity), durationText(step.timeout)) }
    case 'wait-date':
      return { title: steps.date(step.attribute, step.days, step.time) }
    case 'branch':
      return { title: steps.branch, code: step.if }
    case 'split':
      return { title: steps.split(step.name) }
    case 'set':
      return {
        title: steps.set,
        code: Object.entries(step.attributes)
          .map(([name, value]) => `${name} = ${value}`)
          .join(', '),
      }
    case 'notify':
      return { title: steps.notify(step.team), code: step.message }
    case 'exit':
      return { title: steps.exit, ...(step.because !== undefined && { code: step.because }) }
    case 'enter':
      return { title: steps.enter(step.sequence) }
    case 'jump':
      return { title: '' }
    default:
      return step satisfies never
  }
}

/** What a sequence begins with. */
export const entryWords = (enter: SequenceTrigger): string => {
  const { enters } = t.sequences
  if ('stage' in enter) return enters.stage(words.stages[enter.stage])
  if ('activity' in enter) return enters.activity(activityWords(enter.activity))
  return enter.segment === undefined ? enters.condition : enters.segment(enter.segment)
}
