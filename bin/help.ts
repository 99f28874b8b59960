/** Whether somebody wants to know how a command is used: then that is the answer, and no mistake. */
export const asksForHelp = (args: readonly string[]): boolean =>
  args.includes('--help') || args.includes('-h')
