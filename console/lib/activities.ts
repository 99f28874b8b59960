import { change, queries } from './api.ts'

/** An activity as sales logs it. */
export interface Logged {
  readonly type: string
  readonly properties: object
}

/** What is taken goes through the log, which takes a moment: the page looks again until then. */
const lookAgainMs = [400, 1_200, 2_500]

/** Everything that follows from what happened to a lead. */
export const lookAgain = (): void => {
  for (const ms of lookAgainMs)
    setTimeout(() => {
      for (const of of ['lead', 'leads', 'deals', 'handoffs', 'handoff'])
        void queries.invalidateQueries({ queryKey: [of] })
    }, ms)
}

/** @returns the activity's id. */
export const logActivity = async (leadId: string, activity: Logged): Promise<string> => {
  const path = `/api/leads/${encodeURIComponent(leadId)}/activities`
  const { id } = await change<{ id: string }>('POST', path, activity)
  lookAgain()
  return id
}

/** Takes an activity back, with everything that came of it. */
export const undoActivity = (leadId: string, activityId: string): Promise<string> =>
  logActivity(leadId, { type: 'activity.voided', properties: { activityId } })
