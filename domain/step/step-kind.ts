import type { z } from 'zod'
import type { Json, JsonObject } from '../model/json.ts'
import type { Step, StepOf } from '../model/sequence.ts'

/**
 * All about one kind of step: how authors write it, what it does and how it is told. One file for each kind, listed in
 * `step-kinds.ts`; docs/how-to/add-a-step-kind.md leads through a new one.
 */
export interface StepKind<Type extends Step['type']> {
  /** How `sequences/<sequence>.yaml` says it: a step of its own, or a value of `wait`. Undefined: laying steps flat makes it. */
  readonly written:
    | { step(yaml: StepSchemas): z.ZodType<Laid> }
    | { wait(yaml: StepSchemas): z.ZodType<Laid> }
    | undefined
  /** What a run does that arrives at it. */
  take(step: StepOf<Type>, at: Arrival): Taken
  /** Where a run may go on from it, standing at `index`; nowhere: it ends. */
  ways(step: StepOf<Type>, index: number): readonly Way[]
  /** What the rest of the product has to know of it. */
  uses(step: StepOf<Type>): Uses
  /** As a marketer would name it. */
  words(step: StepOf<Type>): string
  /** What a rehearsal tells of it. @param step undefined where the playbook has it no more. @returns undefined: another line does. */
  narrate(say: Say, step: StepOf<Type> | undefined): string | undefined
  /** What is said of it where it comes next: its words, or what lies behind it, since nobody notices the step itself. */
  readonly coming: 'words' | ((step: StepOf<Type>, look: Look) => Coming)
  /** What a run waits for here that is migrated from the wait `before`. Undefined: no run stands still here. */
  readonly migrated: ((step: StepOf<Type>, before: Step | undefined, status: Waiting) => Waiting) | undefined
}

/** What the YAML of a step is made of. Handed in, so that only what reads playbooks carries schemas. */
export interface StepSchemas {
  readonly z: typeof z
  /** An object without any other keys. */
  object<Shape extends z.ZodRawShape>(shape: Shape): z.ZodObject<Shape, z.core.$strict>
  readonly id: z.ZodString
  readonly text: z.ZodString
  /** HH:MM. */
  readonly time: z.ZodString
  /** In milliseconds, as long as a schedule can hold. */
  readonly duration: z.ZodType<number, string>
  readonly attributeName: z.ZodString
  /** Conditions and names that are looked up in the playbook. */
  readonly condition: z.ZodString
  readonly activityType: z.ZodString
  readonly dateAttribute: z.ZodString
  readonly email: z.ZodString
  readonly team: z.ZodString
  readonly sequence: z.ZodString
  /** Variants of an email, `main` first. */
  variantsOf(email: string): readonly string[]
  /** Steps within this one. */
  readonly steps: z.ZodType<readonly Laid[]>
}

/** Written steps, laid flat: how many there are, and what they are where the first of them has this index. */
export interface Laid {
  readonly size: number
  from(at: number): readonly Step[]
}

export const one = (step: Step): Laid => ({ size: 1, from: () => [step] })

/** Jumps point forward only, so that every run ends. */
export const inRow = (parts: readonly Laid[]): Laid => ({
  size: parts.reduce((sum, { size }) => sum + size, 0),
  from: (at) => {
    const program: Step[] = []
    for (const part of parts) program.push(...part.from(at + program.length))
    return program
  },
})

/** Read access to the lead that a run needs. */
export interface LeadContext {
  /** Judges a condition of the sequence, given as the playbook words it. */
  holds(condition: string): boolean
  /** Judges a goal or an exit: for a run of a later cycle only what happened since that began counts. */
  holdsInCycle(condition: string): boolean
  /** The lead's attribute of that name, as it is now. */
  attribute(name: string): Json | undefined
  /** IANA zone of the lead. */
  readonly timeZone: string
  /** Set while sales has the lead, for sequences that stand back then. */
  readonly hold?: SalesHold
}

/** Sales has the lead: marketing stands back. */
export interface SalesHold {
  /** RFC 3339 UTC. */
  readonly since: string
  /** Whether this email waits until the lead is given back. */
  holds(email: string): boolean
}

/** A run arrives at a step. */
interface Arrival {
  readonly lead: LeadContext
  /** RFC 3339 UTC. */
  readonly now: string
  readonly runId: string
  readonly index: number
  /** Emails are left out up to the next wait. */
  readonly skips: boolean
  /** What the run began with happened a moment ago. */
  readonly fresh: boolean
}

/** What a step did. */
export interface Taken {
  /** Told of it on the bus, beside its type; absent: nothing is told. */
  readonly published?: JsonObject
  /** An email that is asked for. */
  readonly email?: {
    readonly email: string
    readonly recipient: 'lead' | 'owner'
    /** Neither hours nor caps hold it. */
    readonly atOnce?: boolean
  }
  /** A sequence that the lead enters as well. */
  readonly enters?: string
  /** Which way of a split the run takes. */
  readonly way?: { readonly split: string; readonly id: string }
  readonly go: Go
}

type Go =
  /** On to the step behind it. @property due when the emails from here on were due, where that is another moment now. */
  | { readonly type: 'next'; readonly due?: string }
  | { readonly type: 'goto'; readonly step: number }
  | { readonly type: 'wait'; readonly status: Waiting }
  /** Sales has the lead: the run stands still before this step. */
  | { readonly type: 'hold'; readonly since: string }
  | { readonly type: 'end'; readonly because: string }

export const next = { type: 'next' } as const

/**
 * `for` and `since`: an activity from then on ends the wait as well. `date`: the attribute whose date is waited for.
 * `renewed`: the moment is not the one first set.
 */
export interface Waiting {
  readonly type: 'waiting'
  readonly until: string
  readonly for?: string
  readonly since?: string
  readonly date?: string
  readonly renewed?: true
}

/** What a step names or asks for; absent: nothing of that sort. */
export interface Uses {
  readonly emails?: readonly string[]
  /** Conditions about the lead, as the playbook words them. */
  readonly conditions?: readonly string[]
  /** Activity types that it waits for. */
  readonly activities?: readonly string[]
  /** Attributes that it waits for the date of. */
  readonly dates?: readonly string[]
  /** Attributes that it gives the lead. */
  readonly sets?: Readonly<Record<string, string | number | boolean>>
}

/** A way on from a step. */
export interface Way {
  /** The index of the step that it leads to. */
  readonly to: number
  /** `yes` and `no` behind a condition, the variant behind a split. */
  readonly name?: string
  /** Not everybody goes it. */
  readonly isOpen?: true
  /**
   * When somebody goes on who arrives at `arrivedAt`, both RFC 3339 UTC, if nothing happens meanwhile; null where only the
   * lead's own data tell. Absent: at once.
   */
  leaves?(arrivedAt: string, zone: string): string | null
}

/** On to the step behind it. */
export const onward = (_step: Step, index: number): readonly Way[] => [{ to: index + 1 }]

/** Texts out of what was told of a step. */
export interface Say {
  text(name: string): string
  /** On the lead's clock. */
  minute(name: string): string
  /** On one line. */
  line(source: string): string
  list(values: JsonObject): string
}

/** What a run arrives at next: in words, and the emails that it may be. */
export interface Coming {
  readonly words: string
  readonly emails: readonly string[]
}

/** Looks ahead from a step. */
export interface Look {
  readonly runId: string
  readonly index: number
  /** Whether so many conditions were met that further ones are only named. */
  readonly enough: boolean
  from(index: number): Coming
  /** The same along one way of a condition. */
  along(index: number): Coming
  /** The words of the step itself. */
  itself(): Coming
}

/** Nobody notices this step. */
export const passed = (_step: Step, { from, index }: Look): Coming => from(index + 1)

/** A wait ends when it would have. */
export const sameEnd = (_step: Step, _before: Step | undefined, { until }: Waiting): Waiting => ({
  type: 'waiting',
  until,
})
