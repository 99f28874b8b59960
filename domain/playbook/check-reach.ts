import { compileCondition } from '../condition/compile-condition.ts'
import type { Fault } from './fault.ts'
import { rawAt, rawEntries, rawList, rawText } from './raw.ts'
import type { YamlFile, YamlPath } from './yaml-file.ts'

/** Every list of steps, however deep it stands. */
const stepLists = (yaml: YamlFile, path: YamlPath): readonly YamlPath[] =>
  rawAt(yaml.root, ...path) === undefined
    ? []
    : [
        path,
        ...rawList(yaml.root, ...path).flatMap((step, index) => {
          const at = [...path, index]
          return [
            ...stepLists(yaml, [...at, 'then']),
            ...stepLists(yaml, [...at, 'else']),
            ...rawEntries(step, 'split', 'ways').flatMap(([way]) =>
              stepLists(yaml, [...at, 'split', 'ways', way]),
            ),
          ]
        }),
      ]

/** Nobody comes to what follows the end. */
const afterExit = (yaml: YamlFile, path: YamlPath): readonly Fault[] => {
  const steps = rawList(yaml.root, ...path)
  const end = steps.findIndex((step) => rawAt(step, 'exit') === true || rawText(step, 'exit') !== undefined)
  if (end < 0 || end + 1 >= steps.length) return []
  return [
    yaml.fault([...path, end + 1], 'nobody comes here: "exit" before it ends the sequence', {
      severity: 'warning',
    }),
  ]
}

/** In one list nothing decides between the two: everybody gets both. */
const repeatedEmails = (yaml: YamlFile, path: YamlPath): readonly Fault[] => {
  const emails = rawList(yaml.root, ...path).map((step) => rawText(step, 'email'))
  return emails.flatMap((email, index) =>
    email !== undefined && emails.indexOf(email) < index
      ? [
          yaml.fault([...path, index, 'email'], `everybody here gets "${email}" a second time`, {
            severity: 'warning',
          }),
        ]
      : [],
  )
}

/** Questions about emails that the sequence does not send; one that nobody has is told elsewhere. */
const foreignEmails = (yaml: YamlFile, path: YamlPath, others: ReadonlySet<string>): readonly Fault[] =>
  rawList(yaml.root, ...path).flatMap((step, index) => {
    const condition = rawText(step, 'if')
    const compiled = condition === undefined ? undefined : compileCondition(condition, 'lead')
    if (compiled?.type !== 'condition') return []
    return compiled.condition.mentions.emails
      .filter(({ name }) => others.has(name))
      .map(({ name, offset }) =>
        yaml.fault(
          [...path, index, 'if'],
          `this sequence does not send "${name}": only who had it from another can have clicked`,
          {
            offset,
            severity: 'warning',
          },
        ),
      )
  })

/** What in a sequence can never happen, or happens to everybody twice. @param known emails of the playbook. */
export const checkReach = (yaml: YamlFile, known: readonly string[]): readonly Fault[] => {
  const lists = stepLists(yaml, ['steps'])
  const own = new Set(
    lists.flatMap((path) => rawList(yaml.root, ...path).flatMap((step) => rawText(step, 'email') ?? [])),
  )
  const others = new Set(known.filter((email) => !own.has(email)))
  return lists.flatMap((path) => [
    ...afterExit(yaml, path),
    ...repeatedEmails(yaml, path),
    ...foreignEmails(yaml, path, others),
  ])
}
