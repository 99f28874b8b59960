import { compileCondition } from '../condition/compile-condition.ts'
import { compileNumber } from '../condition/compile-number.ts'
import { isRecord } from './raw.ts'
import type { YamlFile, YamlPath } from './yaml-file.ts'

/** A place in the playbook where an activity type is named. */
export interface ActivityMention {
  readonly yaml: YamlFile
  readonly path: YamlPath
  /** Into the text at `path`. */
  readonly offset?: number
  readonly type: string
  /** Whether something here follows from such an activity, rather than only asking for it. */
  readonly acted: boolean
}

const conditionKeys = ['when', 'where', 'enter', 'exit', 'goal', 'audience', 'if', 'qualify']

const namedIn = (
  key: string,
  text: string,
): readonly { readonly name: string; readonly offset: number }[] => {
  if (conditionKeys.includes(key)) {
    const compiled = compileCondition(text, 'activity')
    return compiled.type === 'condition' ? compiled.condition.mentions.types : []
  }
  if (key !== 'points') return []
  const compiled = compileNumber(text, 'activity')
  return compiled.type === 'number' ? compiled.number.mentions.types : []
}

const mentionsAt = (yaml: YamlFile, path: YamlPath, value: unknown): readonly ActivityMention[] => {
  if (Array.isArray(value))
    return value.flatMap((item: unknown, index) => mentionsAt(yaml, [...path, index], item))
  const key = String(path.at(-1))
  if (isRecord(value))
    return key === 'set'
      ? []
      : Object.entries(value).flatMap(([name, inner]) => mentionsAt(yaml, [...path, name], inner))
  if (typeof value !== 'string') return []
  if (key === 'on' || key === 'activity' || key === 'for') return [{ yaml, path, type: value, acted: true }]
  return namedIn(key, value).map(({ name, offset }) => ({ yaml, path, offset, type: name, acted: false }))
}

/** Every activity type that `scoring.yaml`, `funnel.yaml`, `handoff.yaml` and the sequences name, in order. */
export const activityMentions = (files: readonly (YamlFile | undefined)[]): readonly ActivityMention[] =>
  files.flatMap((yaml) => (yaml === undefined ? [] : mentionsAt(yaml, [], yaml.root)))
