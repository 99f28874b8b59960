import { type Checks, type Finding, noChecks } from '../playbook/checks.ts'
import type { Fault } from '../playbook/fault.ts'
import { rawText } from '../playbook/raw.ts'
import { readShape } from '../playbook/read-shape.ts'
import { type FrontMatter, frontMatterSchema } from '../playbook/schema/front-matter-schema.ts'
import { positionAt } from '../playbook/text-position.ts'
import { readYaml } from '../playbook/yaml-file.ts'
import { checkLiquid } from './check-liquid.ts'
import { checkMarkup } from './check-markup.ts'
import { scopeOf } from './liquid-scope.ts'

/** One email in one language as written; its MJML is not compiled yet. */
export interface EmailSource extends FrontMatter {
  readonly file: string
  readonly mjml: string
  /** The line of the file, from 1, on which `mjml` begins. */
  readonly bodyLine: number
}

const frontMatter = /^---[ \t]*\r?\n([\s\S]*?)^---[ \t]*(?:\r?\n|$)/m

const unsubscribe = /\{\{-?\s*links\s*(?:\.\s*unsubscribe|\[\s*["']unsubscribe["']\s*\])[\s|}-]/

/** What an email may refer to. */
export interface EmailSurroundings {
  /** That leads are known to have. */
  readonly attributes: readonly string[]
  /** Ids of the playbook's forms. */
  readonly forms?: readonly string[]
  /** Of the company's sites. */
  readonly ownHosts?: readonly string[]
}

/** Reads `emails/<email>.<lang>.mjml`: the front matter, the Liquid in it and below, and where its markup leads. */
export const parseEmail = (
  file: string,
  text: string,
  email: string,
  { attributes, forms = [], ownHosts = [] }: EmailSurroundings,
): { readonly email?: EmailSource; readonly faults: readonly Fault[] } => {
  const match = frontMatter.exec(text)
  if (match === null || match.index !== 0) {
    const message = 'an email begins with its front matter: ---, then subject, preheader and kind, then ---'
    return { faults: [{ file, line: 1, column: 1, message, severity: 'error' }] }
  }
  const yaml = readYaml(file, match[1] ?? '', 1)
  const head = readShape(yaml, (_: Checks) => frontMatterSchema(), noChecks)
  const mjml = text.slice(match[0].length)
  const { line: bodyLine } = positionAt(text, match[0].length)
  const names = scopeOf(email, attributes, forms)
  const faults = [...head.faults]
  for (const key of ['subject', 'preheader'] as const)
    for (const { message, offset, severity } of checkLiquid(rawText(yaml.root, key) ?? '', names))
      faults.push(
        yaml.fault([key], message, {
          ...(offset === undefined ? {} : { offset }),
          ...(severity === undefined ? {} : { severity }),
        }),
      )
  const found: readonly Finding[] = [...checkLiquid(mjml, names), ...checkMarkup(mjml, ownHosts)]
  for (const { message, offset, severity } of found) {
    const { line, column } = positionAt(mjml, offset ?? 0)
    faults.push({ file, line: bodyLine - 1 + line, column, message, severity: severity ?? 'error' })
  }
  if (rawText(yaml.root, 'kind') === 'marketing' && !unsubscribe.test(mjml))
    faults.push(yaml.fault(['kind'], 'a marketing email must have a link to {{ links.unsubscribe }}'))
  return { ...(head.value === undefined ? {} : { email: { ...head.value, file, mjml, bodyLine } }), faults }
}
