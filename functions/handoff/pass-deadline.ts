import { expireHandoff, hadIt, passDeadlines, passOn } from '../../domain/handoff/answer-handoff.ts'
import { type Deadline, dueDeadlines, type Handoff, pendingDeadlines } from '../../domain/handoff/handoff.ts'
import { isOfTeam, isSameAddress } from '../../domain/handoff/routing.ts'
import type { HandoffRules, Team } from '../../domain/model/handoff-rules.ts'
import { type Leads, Transient } from '../ports.ts'
import { type RetryOptions, retryConflicts } from '../retry-conflicts.ts'
import { rootLead } from '../root-lead.ts'
import { makeFollowDeals } from './follow-deals.ts'
import { type AttendHandoffPorts, attendHandoff } from './publish-handoff.ts'
import type { AssignTurn } from './route-handoff.ts'

interface PassDeadlinePorts extends AttendHandoffPorts {
  readonly leads: Pick<Leads, 'load'>
  readonly assignTurn: AssignTurn
  readonly rules: { readonly playbook: { readonly handoff: HandoffRules } }
  readonly pauseUpTo: NonNullable<RetryOptions['pauseUpTo']>
}

/** The timer of one deadline, with the instant as stored on the handoff. */
export interface DeadlineTimer {
  readonly handoffId: string
  readonly at: string
}

/**
 * A deadline has passed. Every due step that was not taken yet is taken once and in order, whichever timer fires first. After
 * an answer or a change of owner there is nothing to do.
 * @throws Transient when the timer is early.
 */
export const makePassDeadline =
  (ports: PassDeadlinePorts) =>
  ({ handoffId, at }: DeadlineTimer): Promise<void> =>
    retryConflicts(
      async () => {
        // An activity whose message is still missing may have answered it, and a merge may have brought another one.
        await makeFollowDeals(ports)(handoffId)
        const stored = await ports.handoffs.find(handoffId)
        if (!stored) return
        const handoff = await attendHandoff(ports, stored)
        const now = ports.clock()
        const isEarly = now < at && pendingDeadlines(handoff).some((pending) => pending.at === at)
        if (isEarly) throw new Transient(`a deadline of ${handoffId} comes at ${at}`)
        const due = dueDeadlines(handoff, now)
        if (due.length === 0 || !(await rootLead(ports.leads, handoff.leadId))) return
        const next = await afterDeadlines(ports, handoff, due, now)
        await attendHandoff(ports, await ports.handoffs.commit(next))
      },
      { pauseUpTo: ports.pauseUpTo },
    )

/**
 * A handoff whose owner has left the team is reassigned at its next deadline, to the default team if the whole team is gone. If
 * nobody is left, deadlines continue without emails.
 */
const afterDeadlines = async (
  ports: PassDeadlinePorts,
  handoff: Handoff,
  due: readonly Deadline[],
  now: string,
): Promise<Handoff> => {
  const { handoff: rules } = ports.rules.playbook
  const team = teamOf(rules, handoff.team)
  const isOrphan = !isOfTeam(rules.teams, handoff)
  const passed = passDeadlines(handoff, due, team, now)
  const isLost = isOrphan || due.some(({ type }) => type === 'reassign')
  const given = isLost && team ? await giveToNext(ports, isOrphan ? handoff : passed, team, now) : handoff
  if (given.assignments.length > handoff.assignments.length) return given
  return due.some(({ type }) => type === 'expire') ? expireHandoff(passed, rules, now) : passed
}

const teamOf = ({ teams, route }: HandoffRules, id: string): Team | undefined => {
  const last = route.at(-1)?.team ?? ''
  return Object.hasOwn(teams, id) ? teams[id] : Object.hasOwn(teams, last) ? teams[last] : undefined
}

/**
 * To the next member by the team's strategy who has not had it, else to the team lead; if they have had it too, or there is
 * none, it stays with its owner.
 */
const giveToNext = async (
  { rules, assignTurn }: PassDeadlinePorts,
  handoff: Handoff,
  team: Team,
  now: string,
): Promise<Handoff> => {
  const { handoffId, assignments } = handoff
  const except = hadIt(handoff)
  const request = {
    handoffId,
    team,
    assignment: assignments.length + 1,
    because: 'deadline',
    except,
  } as const
  const { member = lastResort(team, except) } = (await assignTurn(request)) ?? {}
  return member
    ? passOn(handoff, { team, member, because: 'deadline' }, rules.playbook.handoff, now)
    : handoff
}

const lastResort = ({ lead }: Team, except: readonly string[]): Team['lead'] =>
  lead && except.some((address) => isSameAddress(address, lead.email)) ? undefined : lead
