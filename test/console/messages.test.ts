import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { literalsOf, placesOf, readCatalogue } from '../../console/lib/messages.ts'
import { deLibraries } from '../../console/lib/texts/de-check-texts.ts'
import { deCatalogue, translate } from '../../console/lib/texts/de-messages.ts'
import { parsePlaybook } from '../../domain/playbook/parse-playbook.ts'
import { plantedMistakes } from '../domain/playbook/planted-mistakes.ts'

const { bestFor } = readCatalogue(deCatalogue)

const planted = new Map(
  Object.entries(plantedMistakes).map(([file, text]) => [file, text.replaceAll(/«[^»]*»/g, '')]),
)
const faults = [...new Set(parsePlaybook(planted).faults.map(({ message }) => message))]

const root = join(import.meta.dirname, '../..')
const sourcesIn = (...patterns: string[]): readonly string[] =>
  globSync(patterns, { cwd: root }).map((file) => readFileSync(join(root, file), 'utf8').replaceAll('\\', ''))

describe('what the API says, in German', () => {
  it.each([
    [
      'unknown stage "intnt"; did you mean "intent"?',
      'Die Phase „intnt“ ist unbekannt; meinten Sie „intent“?',
    ],
    ['unknown band "hott"; there is: cold, warm', 'Das Band „hott“ ist unbekannt; es gibt: cold, warm'],
    [
      'unknown key "replyto"; did you mean "replyTo"?',
      'Den Schlüssel „replyto“ gibt es hier nicht; meinten Sie „replyTo“?',
    ],
    ['expected a list, found a string', 'Hier steht ein Text, gebraucht wird eine Liste'],
    [
      'expected a text, found a mapping (a text that begins with { needs quotes)',
      'Hier steht ein Block aus Schlüsseln und Werten, gebraucht wird ein Text (ein Text, der mit { beginnt, braucht Anführungszeichen)',
    ],
    [
      'expected one of "same", "distinct", found "some"; did you mean "same"?',
      'Hier steht "some"; möglich sind: "same", "distinct"; meinten Sie „same“?',
    ],
    ['"kind" is missing: "a" or "b" or "c"', '„kind“ fehlt: "a" oder "b" oder "c"'],
    ['lead.employees is a number; "100" is a text', 'lead.employees ist eine Zahl; "100" ist ein Text'],
    [
      'a + b is true or false, not a number or a text',
      'a + b ist wahr oder falsch, nicht eine Zahl oder ein Text',
    ],
    ['these do not go together: number < text', 'Das passt nicht zusammen: Zahl < Text'],
    [
      'at character 7: unknown name "scoer"; did you mean "score"?',
      'Zeichen 7: Der Name „scoer“ ist unbekannt; meinten Sie „score“?',
    ],
    [
      'the stage "evaluation" can never be reached: the rules allow a score of at most 40',
      'Die Phase „evaluation“ ist nie zu erreichen: Die Regeln ergeben höchstens 40 als Score',
    ],
    [
      'none of the 9 in it would be mailed: consent 7, held 2',
      'Darin bekäme niemand die E-Mail. Es sind 9: ohne Einwilligung 7, müssen warten 2',
    ],
    [
      'This handoff is already accepted by an activity.',
      'Diese Übergabe ist schon angenommen, von einer Aktivität.',
    ],
    [
      'handoff.yaml: only an admin can publish this: crm sends to a new address; only an admin can publish this: erp sends personal data out (lead: true).',
      'handoff.yaml: Das kann nur die Verwaltung veröffentlichen: crm sendet an eine neue Adresse; Das kann nur die Verwaltung veröffentlichen: erp gibt persönliche Daten hinaus (lead: true).',
    ],
  ])('%s', (english, german) => {
    expect(translate(english)).toBe(german)
  })

  it.each(['Nobody has said so before', 'unknown planet "Mars"; did you mean "Venus"?', ''])(
    'stays as it came where nobody has words for it: %s',
    (message) => {
      expect(translate(message)).toBe(message)
    },
  )

  it('knows every planted mistake, each by one pattern', () => {
    expect(faults.length).toBeGreaterThan(100)
    expect(faults.filter((message) => translate(message) === message)).toEqual([])
    expect(faults.filter((message) => bestFor(message).length !== 1)).toEqual([])
  })
})

describe('the German catalogue', () => {
  const words = [deCatalogue.messages, ...Object.values(deCatalogue.parts)]
  const entries = words.flatMap((part) => Object.entries(part))
  const namesIn = (text: string) => [...new Set(placesOf(text).map(({ name }) => name))].sort()
  const sources = sourcesIn('domain/**/*.ts', 'functions/**/*.ts', 'local/**/*.ts')
  const longestOf = (text: string): string =>
    literalsOf(text).reduce((longest, one) => (one.length > longest.length ? one : longest), '')

  it('has the places of the English text, each once or more', () => {
    const strange = entries.filter(([english, german]) => `${namesIn(english)}` !== `${namesIn(german)}`)
    expect(strange).toEqual([])
  })

  it('has every part that a message names', () => {
    const parts = entries.flatMap(([english]) => placesOf(english).flatMap(({ part }) => part ?? []))
    expect(parts.filter((part) => part !== 'message' && !Object.hasOwn(deCatalogue.parts, part))).toEqual([])
  })

  it('has what the sources say, word for word', () => {
    const stale = entries
      .map(([english]) => english)
      .filter((english) => !Object.hasOwn(deLibraries, english))
      .filter((english) => {
        const text = longestOf(english).replaceAll('\\', '')
        return !sources.some((source) => source.includes(text))
      })
    expect(stale).toEqual([])
  })

  /** Written out as a whole, so that what is said is known without running anything. */
  const written = /\b(?:message|detail):\s*'([^'\n]*)'|'(must [^'\n]*)'/g

  it('has what the check and the routes of the console say', () => {
    const said = sourcesIn(
      'domain/{condition,playbook}/**/*.ts',
      'functions/{api,audience,broadcast,calibrate,emails,import,kpi,playbook,sequences,settings}/*.ts',
      'functions/http/problem.ts',
    ).flatMap((source) => [...source.matchAll(written)].flatMap(([, named, must]) => named ?? must ?? []))
    expect(said.length).toBeGreaterThan(100)
    expect(said.filter((message) => translate(message) === message)).toEqual([])
  })
})
