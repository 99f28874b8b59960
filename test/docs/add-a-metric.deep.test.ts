import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { followRecipe } from './recipe.ts'

describe('a metric, added as the page says', () => {
  let recipe: ReturnType<typeof followRecipe>
  beforeAll(() => {
    recipe = followRecipe('add-a-metric')
  })
  afterAll(() => recipe.remove())

  it('touches no other files than the page lists', () => {
    expect(recipe.run('bin/docs.ts')).toEqual({ status: 0, output: '' })
    expect(recipe.changed()).toEqual(recipe.listed.toSorted())
    expect(recipe.read('docs/reference/figures.md')).toContain(
      '| `evaluation.supportContacts` | count | Questions to support | | Questions (support.contacted). |',
    )
  })

  it('is counted, defined and known to playbooks', () => {
    expect(recipe.vitest('--project', 'decisions', 'test/domain/kpi')).toMatchObject({ status: 0 })
    recipe.makePlaybook()
    const funnel = 'playbook/funnel.yaml'
    recipe.write(funnel, recipe.read(funnel).replace('offerRating', 'supportContacts'))
    expect(recipe.run('bin/playbook.ts', 'check', 'playbook')).toMatchObject({
      output: expect.not.stringContaining('is not a metric'),
    })
  })

  it('does not compile without words, nor a rate without its numerator', () => {
    const [table, texts] = ['domain/kpi/metrics.ts', 'domain/texts/en-figures.ts']
    const whole = recipe.read(texts)
    recipe.write(texts, whole.replace(/\n {4}supportContacts: .*/, ''))
    expect(recipe.compile('domain').output).toContain('supportContacts')
    recipe.write(texts, whole)
    const measure = "{ unit: 'rate', measure: rows(did('support.contacted')) }"
    recipe.write(table, recipe.read(table).replace("activities('support.contacted')", measure))
    expect(recipe.compile('domain').output).toContain('numerator')
  })
})
