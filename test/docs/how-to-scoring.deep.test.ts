import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { followRecipe } from './recipe.ts'

describe('an option of a scoring rule, added as the page says', () => {
  let recipe: ReturnType<typeof followRecipe>
  beforeAll(() => {
    recipe = followRecipe('add-a-scoring-option')
  })
  afterAll(() => recipe.remove())

  it('touches no other files than the page lists', () => {
    expect(recipe.run('bin/docs.ts')).toEqual({ status: 0, output: '' })
    expect(recipe.changed()).toEqual(recipe.listed.toSorted())
    expect(recipe.read('templates/schema/scoring.json')).toContain('"least"')
  })

  it('is read, checked and counted by', () => {
    recipe.makePlaybook()
    const check = recipe.run('bin/playbook.ts', 'check', 'playbook')
    expect(check.output).not.toContain('scoring.yaml')
    expect(check.status).toBe(0)
    const rehearsal = 'templates/rehearsals/newsletter-to-quote.yaml'
    expect(recipe.run('bin/rehearse.ts', rehearsal).output).toContain('+5 pricing-page')
    const { output } = recipe.run('bin/rehearse.ts', rehearsal, '--playbook', 'playbook')
    expect(output).toContain('+1 page-view')
    expect(output).not.toContain('pricing-page')
  })

  it('does not compile where it is not in the list, or lacks a part', () => {
    const [list, option] = ['domain/scoring/counting-options.ts', 'domain/scoring/options/least.ts']
    recipe.write(list, recipe.read(list).replace('\n  least,', ''))
    recipe.write(option, recipe.read(option).replace('\n  excludes: {},', ''))
    const { output } = recipe.compile('domain')
    expect(output).toContain(`${list}(`)
    expect(output).toContain("Property 'excludes' is missing")
  })
})
