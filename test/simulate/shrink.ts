import type { Action, Plan } from './plan.ts'

/** Leaves out what is not needed for `fails`, in smaller and smaller pieces, until nothing more can go or `isOver`. */
const minimal = async <Unit>(
  units: readonly Unit[],
  fails: (units: readonly Unit[]) => Promise<boolean>,
  isOver: () => boolean,
): Promise<readonly Unit[]> => {
  let kept = units
  for (let size = Math.ceil(kept.length / 2); size >= 1; ) {
    let hasShrunk = false
    for (let from = 0; from < kept.length && !isOver(); ) {
      const rest = [...kept.slice(0, from), ...kept.slice(from + size)]
      if (rest.length < kept.length && (await fails(rest))) {
        kept = rest
        hasShrunk = true
      } else from += size
    }
    if (isOver()) return kept
    if (size > 1) size = Math.ceil(size / 2)
    else if (!hasShrunk) return kept
  }
  return kept
}

/** What goes or stays together at first: all of one person; each fault and everything else by itself. */
const unitOf = (action: Action, index: number): string =>
  'person' in action
    ? `person ${action.person}`
    : action.do === 'tell'
      ? `person ${action.facts[0]?.person}`
      : `action ${index}`

const day = 24 * 60

const withActions = (plan: Plan, actions: readonly Action[]): Plan => ({
  ...plan,
  days: Math.ceil((actions.at(-1)?.at ?? 0) / day),
  actions,
})

const inOrder = (plan: Plan, units: readonly (readonly Action[])[]): readonly Action[] => {
  const kept = new Set(units.flat())
  return plan.actions.filter((action) => kept.has(action))
}

/**
 * The smallest plan that still fails: first whole people go, then single actions.
 * @param fails plays a plan; a run that fails only at times should be played more than once.
 */
export const shrink = async (
  plan: Plan,
  fails: (plan: Plan) => Promise<boolean>,
  isOver: () => boolean = () => false,
): Promise<Plan> => {
  const numbered = plan.actions.map((action, index) => ({ action, unit: unitOf(action, index) }))
  const people = [...Map.groupBy(numbered, ({ unit }) => unit).values()].map((all) =>
    all.map(({ action }) => action),
  )
  const failsWith = (units: readonly (readonly Action[])[]) => fails(withActions(plan, inOrder(plan, units)))
  const needed = await minimal(people, failsWith, isOver)
  const single = inOrder(plan, needed).map((action) => [action])
  return withActions(plan, inOrder(plan, await minimal(single, failsWith, isOver)))
}
