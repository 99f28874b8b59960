import type { Step, StepOf } from '../model/sequence.ts'
import { branch, jump } from './branch.ts'
import { email } from './email.ts'
import { enter } from './enter.ts'
import { exit } from './exit.ts'
import { notify } from './notify.ts'
import { set } from './set.ts'
import { split } from './split.ts'
import type { StepKind, Uses, Way } from './step-kind.ts'
import { wait, waitFor, waitUntil } from './wait.ts'
import { waitDate } from './wait-date.ts'

/** Every kind of step. One that is not in this list, or that lacks a part, does not compile. */
export const stepKinds: { readonly [Type in Step['type']]: StepKind<Type> } = {
  email,
  wait,
  'wait-until': waitUntil,
  'wait-for': waitFor,
  'wait-date': waitDate,
  branch,
  split,
  set,
  notify,
  exit,
  enter,
  jump,
}

export const isStepType = (type: unknown): type is Step['type'] =>
  typeof type === 'string' && Object.hasOwn(stepKinds, type)

export const kindOf = <Type extends Step['type']>(step: StepOf<Type>): StepKind<Type> => stepKinds[step.type]

export const usesOf = (step: Step): Uses => kindOf(step).uses(step)

export const waysFrom = (step: Step, index: number): readonly Way[] => kindOf(step).ways(step, index)
