/** An event pattern that EventBridge would refuse, with the reason. */
export class InvalidPattern extends Error {
  constructor(reason: string) {
    super(`Event pattern is not valid. Reason: ${reason}`)
    this.name = 'InvalidEventPatternException'
  }
}
