import { hashText } from '../hash-text.ts'

/** Which of `ways` a run takes at the split `name`: the same one each time it is asked, evenly spread over runs. */
export const splitWay = (runId: string, name: string, ways: number): number =>
  hashText(`${runId}\u0000${name}`) % ways
