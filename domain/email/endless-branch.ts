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

/** Whether the renderer's error means that Liquid exceeds its limits of time or memory. */
export const isEndless = (reason: string): boolean => limits.test(reason)

/** The first such error in an aggregate. */
const endlessIn = (error: unknown): Error | undefined => {
  if (!(error instanceof Error)) return undefined
  if ('errors' in error && Array.isArray(error.errors)) return error.errors.map(endlessIn).find(Boolean)
  return isEndless(error.message) ? error : undefined
}

/** Continues with the next branch after any other error. @returns the result, if any. */
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

/** One branch of a text. */
interface Way {
  readonly templates: readonly Template[] | undefined
  /** Value of its condition; `holds`: whether the branch is taken. */
  readonly value?: Value
  readonly holds: (value: unknown, context: Context) => boolean
}

/** Renders every branch. A `break` only counts in the branch actually taken: other readers may not reach the others. */
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

/** Once for each row, and once more in case the list is empty here. */
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

/** Renders templates one by one, so that a fault of one is known before the time limit rejects the next. */
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
 * Checks branches that sample values do not reach: each is rendered once, whatever its condition, for a person with all
 * attributes and for one with none.
 * @returns the piece of Liquid that exceeds the limits of time or memory, if any.
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
