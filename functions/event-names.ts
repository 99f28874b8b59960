/** What goes over the bus: names that rules in `lib` and publishers in `functions` share. */
export const busName = 'trichter'

/** Source of every event that Trichter itself publishes, activities it submits included. */
export const source = 'trichter'

/** Detail type of facts on their way in; their source is whoever puts them. */
export const activityDetailType = 'Activity'

/** The line in the log of `feedback` that says so: what a metric filter counts and an alarm watches. */
export const sendingPausedMessage = 'sending paused'
