import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { followRecipe } from './recipe.ts'

describe('a kind of step, added as the page says', () => {
  let recipe: ReturnType<typeof followRecipe>
  beforeAll(() => {
    recipe = followRecipe('add-a-step-kind')
  })
  afterAll(() => recipe.remove())

  it('touches no other files than the page lists', () => {
    expect(recipe.run('bin/docs.ts')).toEqual({ status: 0, output: '' })
    expect(recipe.changed()).toEqual(recipe.listed.toSorted())
    expect(recipe.read('templates/schema/sequence.json')).toContain('"only"')
  })

  it('is read, checked and played', () => {
    recipe.makePlaybook()
    const check = recipe.run('bin/playbook.ts', 'check', 'playbook')
    expect(check.output).not.toContain('german-readers')
    expect(check.status).toBe(0)
    const rehearsal = 'templates/rehearsals/newsletter-to-quote.yaml'
    const played = recipe.run('bin/rehearse.ts', rehearsal, '--playbook', 'playbook')
    expect(played.output).toContain('german-readers: lead.country == "DE" is true')
    expect(played.output).toContain('german-readers: sets region=dach')
  })

  it('does not compile where it is not in the list, or lacks a part', () => {
    const [list, kind] = ['domain/step/step-kinds.ts', 'domain/step/only.ts']
    recipe.write(list, recipe.read(list).replace('\n  only,', ''))
    recipe.write(kind, recipe.read(kind).replace(/\n {2}uses: .*/, ''))
    const { output } = recipe.compile('domain')
    expect(output).toContain(`${list}(`)
    expect(output).toContain("Property 'uses' is missing")
  })
})
