import { LiquidError } from 'liquidjs'
import { didYouMean } from '../did-you-mean.ts'
import type { Finding } from '../playbook/checks.ts'
import { liquid } from './liquid-engine.ts'

const errorsOf = (error: unknown): readonly unknown[] =>
  error instanceof Error && 'errors' in error && Array.isArray(error.errors) ? error.errors : [error]

/** Where in the tag or output at fault the unknown name stands. */
const offsetOf = (error: LiquidError, name: string): number => {
  const text = error.token.input.slice(error.token.begin, error.token.end)
  return error.token.begin + Math.max(0, text.lastIndexOf(name))
}

/** What emails are written with. */
const usual = '; there is: default, date, round, upcase, capitalize, truncate, newline_to_br, url_encode, …'

const finding = (error: unknown): Finding => {
  if (!LiquidError.is(error)) throw error
  const message = (error.originalError?.message ?? error.message).replace(/, line:\d+, col:\d+$/, '')
  const filter = /^undefined filter: (\S+)$/.exec(message)?.[1]
  if (filter !== undefined)
    return {
      message: `unknown filter "${filter}"${didYouMean(filter, Object.keys(liquid.filters)) || usual}`,
      offset: offsetOf(error, filter),
    }
  const tag = /^tag "(\S+)" not found$/.exec(message)?.[1]
  if (tag !== undefined)
    return {
      message: `unknown tag "${tag}"${didYouMean(tag, Object.keys(liquid.tags))}`,
      offset: offsetOf(error, tag),
    }
  return { message: message.replaceAll(/(\\n|\s)+/g, ' ').slice(0, 200), offset: error.token.begin }
}

/** What is wrong with the syntax, from what Liquid's parser threw. */
export const liquidSyntaxFindings = (error: unknown): readonly Finding[] => errorsOf(error).map(finding)
