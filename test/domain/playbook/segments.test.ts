import { describe, expect, it } from 'vitest'
import { faultLine } from '../../../domain/playbook/fault.ts'
import { assemblePlaybook, parsePlaybook } from '../../../domain/playbook/parse-playbook.ts'
import { sha256 } from '../../../lib/playbook/mjml-cache.ts'
import { smallPlaybook } from './small-playbook.ts'

const buyers = 'id: buyers\nname: Buyers\nwhere: \'did("demo.requested") && score >= 30\'\n'
const nudge = (enter: string) => `id: nudge\nenter: ${enter}\nsteps:\n  - email: welcome\n`

const parsed = (files: Readonly<Record<string, string>>) => parsePlaybook(smallPlaybook(files))
const told = (files: Readonly<Record<string, string>>) =>
  parsed(files)
    .faults.map(faultLine)
    .filter((line) => /^(segments|sequences.nudge)/.test(line))

const rulesVersion = (where: string) => {
  const { playbook } = parsed({ 'segments/buyers.yaml': `id: buyers\nname: Buyers\nwhere: '${where}'\n` })
  if (!playbook) throw new Error('no playbook')
  return assemblePlaybook(playbook, {}, sha256).rulesVersion
}

describe('segments of a playbook', () => {
  it('are named conditions, by which sequences may begin', () => {
    const { playbook } = parsed({
      'segments/buyers.yaml': buyers,
      'sequences/nudge.yaml': nudge('{ segment: buyers }'),
    })
    const where = 'did("demo.requested") && score >= 30'
    expect(playbook?.segments).toEqual({ buyers: { id: 'buyers', name: 'Buyers', where } })
    expect(playbook?.sequences.nudge?.enter).toEqual({ when: where, segment: 'buyers' })
    expect(told({ 'segments/buyers.yaml': "id: buyers\nname: All\nwhere: 'true'\n" })).toEqual([])
  })

  it('tell a mistake with its place and the nearest right name', () => {
    expect(told({ 'segments/buyers.yaml': buyers.replace('score', 'scor') })).toEqual([
      'segments/buyers.yaml:3:34: unknown name "scor"; did you mean "score"?',
    ])
    expect(told({ 'segments/buyer.yaml': buyers })).toEqual([
      'segments/buyer.yaml:1:5: the id must be the file\'s name, "buyer"',
    ])
    expect(
      told({ 'segments/buyers.yaml': buyers, 'sequences/nudge.yaml': nudge('{ segment: buyer }') }),
    ).toEqual(['sequences/nudge.yaml:2:19: unknown segment "buyer"; did you mean "buyers"?'])
  })

  it('have leads computed anew only for what they count', () => {
    expect(rulesVersion('score > 1')).toBe(rulesVersion('score > 2'))
    expect(rulesVersion('count("x.y", "3d") > 1')).not.toBe(rulesVersion('count("x.y", "4d") > 1'))
  })
})
