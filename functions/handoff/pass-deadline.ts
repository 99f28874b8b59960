import { expireHandoff, hadIt, passDeadlines, passOn } from '../../domain/handoff/answer-handoff.ts'
import { type Deadline, dueDeadlines, type Handoff, pendingDeadlines } from '../../domain/handoff/handoff.ts'
import { isOfTeam, isSameAddress } from '../../domain/handoff/routing.ts'
import type { HandoffRules, Team } from '../../domain/model/handoff-rules.ts'
import { type Leads, Transient } from '../ports.ts'
import { type RetryOptions, retryConflicts } from '../retry-conflicts.ts'
import { makeFollowDeals } from './follow-deals.ts'
import { type AttendHandoffPorts, attendHandoff, wantsAnswer } from './publish-handoff.ts'
import type { AssignTurn } from './route-handoff.ts'

interface PassDeadlinePorts extends AttendHandoffPorts {
  readonly leads: Pick<Leads, 'load'>
  readonly assignTurn: AssignTurn
  readonly rules: { readonly playbook: { readonly handoff: HandoffRules } }
  readonly pauseUpTo: NonNullable<RetryOptions['pauseUpTo']>
}

/** The timer of one deadline: the instant as it stands on the handoff. */
export interface DeadlineTimer {
  readonly handoffId: string
  readonly at: string
}

/**
 * The time of an owner is up. The handoff is looked at as it is now: whatever is due and was not seen to is, once and in
 * its order, whichever alarm brings it. After an answer, or with another owner, there is nothing to do.
 * @throws Transient when the timer is early.
 */
export const makePassDeadline =
  (ports: PassDeadlinePorts) =>
  ({ handoffId, at }: DeadlineTimer): Promise<void> =>
    retryConflicts(
      async () => {
        // It may have been answered by an activity of which nothing was told.
        await makeFollowDeals(ports)(handoffId)
        const stored = await ports.handoffs.find(handoffId)
        if (!stored) return
        const handoff = await attendHandoff(ports, stored)
        const now = ports.clock()
        const isEarly = now < at && pendingDeadlines(handoff).some((pending) => pending.at === at)
        if (isEarly) throw new Transient(`a deadline of ${handoffId} comes at ${at}`)
        const due = dueDeadlines(handoff, now)
        if (due.length === 0 || !(await wantsAnswer(ports, handoff))) return
        const next = await afterDeadlines(ports, handoff, due, now)
        await attendHandoff(ports, await ports.handoffs.commit(next))
      },
      { pauseUpTo: ports.pauseUpTo },
    )

/**
 * What somebody had who was taken out of the team is somebody else's at the first deadline that comes, of the default team
 * where the whole team is gone. Where nobody is left, deadlines go on; no email goes to whoever is in no team.
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
 * By the team's strategy to a member who has not had it, else to the lead of the team; where they have had it too, or there
 * is none, it stays where it is.
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
