import type { Sequence, SequenceTrigger, Step } from '../../domain/model/sequence.ts'
import { type EmailFigure, figureOf } from '../../domain/sending/email-figures.ts'
import { countFlow, type FlowCount, type FlowEdge, flowOf, stepOf } from '../../domain/sequence/flow.ts'
import { isOpen, type Run } from '../../domain/sequence/run.ts'
import type { ApiRequest, ApiResult } from '../api/api-request.ts'
import type { Playbooks, RunList, SequenceStates } from '../ports.ts'
import type { EmailFigures } from '../send-ports.ts'
import { readRuns } from './read-runs.ts'
import { knownSequence, noSequence } from './steer-sequence.ts'

/** A step with who stands there; of an email what became of it in this sequence. */
export interface FlowNode extends FlowCount {
  /** Index in the program. */
  readonly id: number
  readonly step: Step
  readonly figures?: EmailFigure
}

/** `GET /api/sequences/{id}/flow`. */
export interface SequenceFlow {
  readonly sequence: string
  readonly enter: SequenceTrigger
  readonly exit: string | null
  readonly goal: string | null
  /** Since when, RFC 3339. */
  readonly paused: string | null
  readonly runs: Readonly<Record<Run['status']['type'], number>>
  readonly nodes: readonly FlowNode[]
  readonly edges: readonly FlowEdge[]
  /** After the last step. */
  readonly end: { readonly id: number; readonly done: number }
  /** Are in the sequence as it was before: `migrate` would move them. */
  readonly elsewhere: number
  /** Where more runs are than one request reads: counted at the steps are those that entered up to then. */
  readonly countedUpTo: string | null
}

export interface ShowFlowPorts {
  readonly playbooks: Pick<Playbooks, 'current' | 'version'>
  readonly sequences: Pick<SequenceStates, 'load'>
  readonly runList: Pick<RunList, 'page' | 'counts'>
  readonly emailFigures: Pick<EmailFigures, 'ofSequence'>
}

/** Tells runs of the sequence as it is now from those that began with other steps. */
export const makeIsCurrent = (playbooks: Pick<Playbooks, 'version'>, { id, version }: Sequence) => {
  const asked = new Map<string, Promise<boolean>>()
  return (run: Pick<Run, 'playbookVersion'>): Promise<boolean> => {
    const known =
      asked.get(run.playbookVersion) ??
      playbooks.version(run.playbookVersion).then(({ sequences }) => sequences[id]?.version === version)
    asked.set(run.playbookVersion, known)
    return known
  }
}

const nobody: FlowCount = { waiting: 0, done: 0, left: 0, goal: 0 }

const nodesOf = (
  { program }: Pick<Sequence, 'program'>,
  counts: ReadonlyMap<number, FlowCount>,
  figures: ReadonlyMap<string, EmailFigure>,
): readonly FlowNode[] =>
  flowOf(program).steps.map(({ index, step }) => ({
    id: index,
    step,
    ...(counts.get(index) ?? nobody),
    ...(step.type === 'email' && { figures: figures.get(step.email) ?? figureOf([]) }),
  }))

/** A sequence as it is drawn, without anybody in it. */
export type DrawnFlow = Pick<SequenceFlow, 'sequence' | 'enter' | 'exit' | 'goal' | 'nodes' | 'edges' | 'end'>

/** A sequence that is not live. */
export const drawnFlow = (sequence: Omit<Sequence, 'version'>): DrawnFlow => ({
  sequence: sequence.id,
  enter: sequence.enter,
  exit: sequence.exit ?? null,
  goal: sequence.goal ?? null,
  nodes: nodesOf(sequence, new Map(), new Map()),
  edges: flowOf(sequence.program).edges,
  end: { id: sequence.program.length, done: 0 },
})

/** The steps of a sequence of the live playbook, with who stands at each. */
export const makeShowFlow =
  ({ playbooks, sequences, runList, emailFigures }: ShowFlowPorts) =>
  async ({ params: { id = '' } }: ApiRequest): Promise<ApiResult> => {
    const sequence = knownSequence(await playbooks.current(), id)
    if (!sequence) return noSequence
    const [{ paused }, runs, reading, figures] = await Promise.all([
      sequences.load(id),
      runList.counts(id),
      readRuns(runList, id),
      emailFigures.ofSequence(id),
    ])
    const isCurrent = makeIsCurrent(playbooks, sequence)
    const known = await Promise.all(reading.runs.map(async (run) => ({ run, current: await isCurrent(run) })))
    const here = known.flatMap(({ run, current }) => (current ? [run] : []))
    const { program } = sequence
    const counts = countFlow(program, here)
    const body: SequenceFlow = {
      sequence: id,
      enter: sequence.enter,
      exit: sequence.exit ?? null,
      goal: sequence.goal ?? null,
      paused: paused?.since ?? null,
      runs,
      nodes: nodesOf(sequence, counts, figures),
      edges: flowOf(program).edges,
      end: { id: program.length, done: counts.get(program.length)?.done ?? 0 },
      elsewhere: known.filter(({ run, current }) => !current && isOpen(run.status)).length,
      countedUpTo: reading.upTo ?? null,
    }
    return { type: 'ok', body }
  }

/** Whether a run is open in the sequence as it is now, and stands at this step. */
export const standsAt = (run: Run, { program }: Sequence, step: number): boolean =>
  isOpen(run.status) && stepOf(run, program) === step
