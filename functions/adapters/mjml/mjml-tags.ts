import { didYouMean } from '../../../domain/did-you-mean.ts'
import { isVoid, mayStayOpen, needsEnd } from './html-elements.ts'
import { type MarkupToken, markupTokens, withoutHidden } from './markup-tokens.ts'

export interface UnbalancedTag {
  readonly message: string
  readonly offset: number
}

/** What is open, the innermost first: it is never changed, so that what was open at a branch costs nothing to keep. */
interface Open {
  readonly name: string
  readonly offset: number
  readonly around: Open | undefined
}

const isMjml = (name: string): boolean => name.startsWith('mj')

const listed = (open: Open | undefined): readonly Open[] => {
  const all: Open[] = []
  for (let one = open; one; one = one.around) all.push(one)
  return all
}

/** Names of the innermost: nobody means one that was opened long before. */
const near = (open: Open | undefined): readonly string[] => {
  const names: string[] = []
  for (let one = open; one && names.length < 20; one = one.around) names.push(one.name)
  return names
}

/** Balances tags one after the other. What `mj-raw` opens in one place it may close in another. */
class TagWalk {
  readonly faults: UnbalancedTag[] = []
  #open: Open | undefined
  #inRaw: Open | undefined
  readonly #branches: { readonly open: Open | undefined; readonly inRaw: Open | undefined }[] = []
  /** Opened in one branch of Liquid while another is walked. */
  readonly #elsewhere = new Set<string>()

  take(token: MarkupToken): void {
    switch (token.type) {
      case 'open':
        if (!isVoid(token.name)) this.#push(token.name, token.offset)
        return
      case 'whole':
        if (needsEnd(token.name))
          this.#tell(`<${token.name} /> is not closed: HTML needs </${token.name}>`, token.offset)
        return
      case 'close':
        if (!isVoid(token.name)) this.#close(token.name, token.offset)
        return
      case 'torn':
        this.#tell(`the tag <${token.name} has no end: ${token.missing} is missing`, token.offset)
        return
      case 'begin':
        this.#branches.push({ open: this.#open, inRaw: this.#inRaw })
        return
      case 'else': {
        const before = this.#branches.at(-1)
        if (!before) return
        this.#note(this.#open, before.open)
        this.#note(this.#inRaw, before.inRaw)
        this.#open = before.open
        this.#inRaw = before.inRaw
        return
      }
      case 'end':
        this.#branches.pop()
        return
      default:
        token satisfies never
    }
  }

  end(): void {
    for (const open of [this.#open, this.#inRaw]) this.#leave(listed(open))
  }

  #isRaw(name: string): boolean {
    return this.#open?.name === 'mj-raw' && !isMjml(name)
  }

  #push(name: string, offset: number): void {
    if (this.#isRaw(name)) this.#inRaw = { name, offset, around: this.#inRaw }
    else this.#open = { name, offset, around: this.#open }
  }

  #close(name: string, offset: number): void {
    const isRaw = this.#isRaw(name)
    const inside: Open[] = []
    let one = isRaw ? this.#inRaw : this.#open
    while (one && one.name !== name && (isMjml(name) || !isMjml(one.name))) {
      inside.push(one)
      one = one.around
    }
    if (one?.name !== name) {
      if (this.#elsewhere.has(name)) return
      const names = near(isRaw ? this.#inRaw : this.#open)
      this.#tell(`</${name}> closes nothing${didYouMean(name, names)}`, offset)
      return
    }
    this.#leave(inside)
    if (isRaw) this.#inRaw = one.around
    else this.#open = one.around
  }

  /** Innermost first. */
  #leave(open: readonly Open[]): void {
    for (const { name, offset } of open.toReversed())
      if (!mayStayOpen(name)) this.#tell(`<${name}> is not closed`, offset)
  }

  #note(open: Open | undefined, before: Open | undefined): void {
    for (let one = open; one && one !== before; one = one.around) this.#elsewhere.add(one.name)
  }

  #tell(message: string, offset: number): void {
    this.faults.push({ message, offset })
  }
}

/** Who makes as many mends them first. */
const mostFaults = 100

const noEmail = 'an email begins with <mjml>'

/**
 * Tags of MJML, and of the HTML in it, that are not closed, or closed without having been opened: MJML itself passes them
 * over in silence, and an inbox shows the rest of the email in bold or as a link. What has neither tags nor text is no email.
 */
export const unbalancedTags = (mjml: string): readonly UnbalancedTag[] => {
  const tokens = markupTokens(mjml)
  const first = tokens.find(({ type }) => type === 'open' || type === 'close' || type === 'whole')
  const start = withoutHidden(mjml).search(/\S/)
  const walk = new TagWalk()
  for (const token of tokens) if (walk.faults.length < mostFaults) walk.take(token)
  walk.end()
  const isEmail = first !== undefined && 'name' in first && first.name === 'mjml' && first.offset === start
  const faults = walk.faults.slice(0, mostFaults)
  return isEmail ? faults : [{ message: noEmail, offset: Math.max(0, start) }, ...faults]
}
