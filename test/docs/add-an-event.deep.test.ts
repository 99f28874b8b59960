import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { followRecipe } from './recipe.ts'

describe('an event, added as the page says', () => {
  let recipe: ReturnType<typeof followRecipe>
  beforeAll(() => {
    recipe = followRecipe('add-an-event')
  })
  afterAll(() => recipe.remove())

  it('touches no other files than the page lists', () => {
    expect(recipe.run('bin/docs.ts')).toEqual({ status: 0, output: '' })
    expect(recipe.changed()).toEqual(recipe.listed.toSorted())
    expect(recipe.read('docs/reference/events.md')).toContain(
      '| `ConsentRequested` | `purpose` | | A consent is to be confirmed |',
    )
  })

  it('is decided and printed', () => {
    const { output } = recipe.run('bin/rehearse.ts', 'templates/rehearsals/newsletter-to-quote.yaml')
    expect(output.match(/consent +requested for newsletter/g)).toHaveLength(1)
  })

  it('can be named by a playbook once every language has its headline', () => {
    const [table, texts] = ['domain/model/events.ts', 'domain/texts/de.ts']
    const row = /(ConsentRequested: event\(\{\s+data: purpose,\s+takenBy: \[)\]/
    recipe.write(table, recipe.read(table).replace(row, "$1'webhook']"))
    expect(recipe.compile('domain').output).toContain('ConsentRequested')
    const headline = "events: {\n    ConsentRequested: 'Eine Einwilligung ist zu bestätigen',"
    recipe.write(texts, recipe.read(texts).replace('events: {', headline))
    expect(recipe.compile('domain')).toEqual({ status: 0, output: '' })
    recipe.makePlaybook()
    const handoff = 'playbook/handoff.yaml'
    const notify =
      '\nnotify:\n  - { id: crm, webhook: "https://crm.example.com/", events: [ConsentRequested] }\n'
    recipe.write(handoff, recipe.read(handoff) + notify)
    const check = recipe.run('bin/playbook.ts', 'check', 'playbook')
    expect(check).toMatchObject({ status: 0, output: expect.not.stringContaining('handoff.yaml') })
  })

  it('does not compile where it lacks a part, or is decided with other data', () => {
    const [table, producer] = ['domain/model/events.ts', 'domain/lead/consent.ts']
    recipe.write(table, recipe.read(table).replace(/\n {4}title: 'A consent is to be .*/, ''))
    recipe.write(producer, recipe.read(producer).replace('{ purpose: due.purpose }', '{ form: due.form }'))
    const { output } = recipe.compile('domain')
    expect(output).toContain("Property 'title' is missing")
    expect(output).toContain(`${producer}(`)
  })
})
