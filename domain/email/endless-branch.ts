import {
  CaseTag,
  Context,
  type Emitter,
  ForTag,
  IfTag,
  isTruthy,
  type Liquid,
  LiquidError,
  TablerowTag,
  type Tag,
  type Template,
  UnlessTag,
  type Value,
} from 'liquidjs'
import type { JsonObject } from '../model/json.ts'
import type { EmailTemplate } from '../model/playbook.ts'
import { htmlLiquid, lineLiquid, liquidScope } from './html-liquid.ts'
import { renderBounds } from './render-email.ts'

const limits = /(memory alloc|template render|parse length) limit exceeded/

/** Whether Liquid takes more time or room than an email may, by what its renderer says. */
export const isEndless = (reason: string): boolean => limits.test(reason)

/** The first such error among those that one stands for. */
const endlessIn = (error: unknown): Error | undefined => {
  if (!(error instanceof Error)) return undefined
  if ('errors' in error && Array.isArray(error.errors)) return error.errors.map(endlessIn).find(Boolean)
  return isEndless(error.message) ? error : undefined
}

/** Whatever else goes wrong in one branch, the next one is looked at. @returns what comes of it; undefined where nothing does. */
function* attempt(work: unknown): Generator<unknown, unknown, unknown> {
  try {
    return yield work
  } catch (error) {
    if (endlessIn(error)) throw error
    return undefined
  }
}

type Left = Pick<Context, 'breakCalled' | 'continueCalled'>
const stays: Left = { breakCalled: false, continueCalled: false }

/** One way that a text may take. */
interface Way {
  readonly templates: readonly Template[] | undefined
  /** What its condition comes to; `holds` says whether it is taken then. */
  readonly value?: Value
  readonly holds: (value: unknown, context: Context) => boolean
}

/** Goes every way. A loop is left by the one alone that is really taken: by the others it may be left for other readers. */
function* everyWay(
  { liquid }: Tag,
  ways: readonly Way[],
  context: Context,
  emitter: Emitter,
): Generator<unknown, void, unknown> {
  let left: Left | undefined
  for (const { templates = [], value, holds } of ways) {
    const isMet = holds(value && (yield* attempt(value.value(context, true))), context)
    yield* attempt(liquid.renderer.renderTemplates([...templates], context, emitter))
    if (isMet) left ??= { breakCalled: context.breakCalled, continueCalled: context.continueCalled }
    Object.assign(context, stays)
  }
  Object.assign(context, left ?? stays)
}

const always = (): boolean => true
const never = (): boolean => false

class EveryIf extends IfTag {
  override *render(context: Context, emitter: Emitter): Generator<unknown, void, string> {
    const ways = this.branches.map((branch) => ({ ...branch, holds: isTruthy }))
    yield* everyWay(this, [...ways, { templates: this.elseTemplates, holds: always }], context, emitter)
  }
}

class EveryUnless extends UnlessTag {
  override *render(context: Context, emitter: Emitter): Generator<unknown, void, unknown> {
    const ways = this.branches.map(({ test, ...branch }) => ({ ...branch, holds: test }))
    yield* everyWay(this, [...ways, { templates: this.elseTemplates, holds: always }], context, emitter)
  }
}

class EveryCase extends CaseTag {
  override *render(context: Context, emitter: Emitter): Generator<unknown, void, unknown> {
    const { value, branches, elseTemplates } = this
    const ways = [...branches, { templates: elseTemplates }].map(({ templates }) => ({
      templates,
      holds: never,
    }))
    yield* everyWay(this, [{ templates: [], value, holds: never }, ...ways], context, emitter)
  }
}

/** As often as there are rows, and once more: the list may be empty here. */
class EveryFor extends ForTag {
  override *render(context: Context, emitter: Emitter): Generator<unknown, void, Template[]> {
    yield* attempt(super.render(context, emitter))
    const ways = [this.templates, this.elseTemplates].map((templates) => ({ templates, holds: never }))
    yield* everyWay(this, ways, context, emitter)
  }
}

class EveryRow extends TablerowTag {
  override *render(context: Context, emitter: Emitter): Generator<unknown, void, unknown> {
    yield* attempt(super.render(context, emitter))
    yield* everyWay(this, [{ templates: this.templates, holds: never }], context, emitter)
  }
}

const everyBranch = (engine: Liquid): Liquid => {
  engine.registerTag('if', EveryIf)
  engine.registerTag('unless', EveryUnless)
  engine.registerTag('case', EveryCase)
  engine.registerTag('for', EveryFor)
  engine.registerTag('tablerow', EveryRow)
  return engine
}

const options = {
  strictFilters: true,
  lenientIf: true,
  ownPropertyOnly: true,
  catchAllErrors: true,
  templates: {},
  ...renderBounds,
}
const engines = { subject: everyBranch(lineLiquid(options)), html: everyBranch(htmlLiquid(options)) }

/** One template after the other, so that what is wrong with one is known before the next is refused for its time. */
const endlessPiece = (engine: Liquid, templates: readonly Template[], scope: object): string | undefined => {
  const context = new Context(scope, engine.options)
  for (const template of templates)
    try {
      engine.renderSync([template], context)
    } catch (error) {
      const found = endlessIn(error)
      const { input, begin, end } = LiquidError.is(found) ? found.token : template.token
      if (found) return input.slice(begin, end)
    }
  return undefined
}

/**
 * Looks through the branches that made-up values do not take: each is gone through once, whatever its condition says, for
 * somebody of whom everything is known and for somebody of whom nothing is.
 * @returns the piece of Liquid that takes more time or room than an email may; undefined where none does.
 */
export const endlessBranch = (
  { subject, html }: EmailTemplate,
  variables: JsonObject,
): string | undefined => {
  const [ofSubject, ofHtml] = [engines.subject.parse(subject), engines.html.parse(html)]
  for (const values of [variables, { ...variables, lead: {} }]) {
    const scope = liquidScope(values)
    const found = endlessPiece(engines.subject, ofSubject, scope) ?? endlessPiece(engines.html, ofHtml, scope)
    if (found !== undefined) return found
  }
  return undefined
}
