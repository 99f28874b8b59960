import { expect, it } from 'vitest'
import { accountsOf } from '../../../domain/handoff/routing.ts'

const accounts = (company: string | undefined, email?: string) =>
  accountsOf({
    ...(email !== undefined && { email }),
    state: { attributes: company === undefined ? {} : { company: { value: company, at: '', factId: 'f' } } },
  })

it.each([
  ['ACME GmbH & Co. KG', 'company:acme'],
  ['  Acme  ', 'company:acme'],
  ['Acme, Inc.', 'company:acme'],
  ['A.C.M.E. AG', 'company:acme'],
  ['Müller Söhne oHG', 'company:müller söhne'],
  ['Ag', 'company:ag'],
  ['日本電気', 'company:日本電気'],
])('%s is the company %s', (company, expected) => {
  expect(accounts(company)).toEqual([expected])
})

it.each(['', '-', '–', 'x', ' . '])('«%s» names no company', (company) => {
  expect(accounts(company)).toEqual([])
})

it.each([
  ['anna@Werk.Example.NET', ['domain:werk.example.net']],
  ['anna@gmail.com', []],
  ['anna@gmx.at', []],
  ['anna@yahoo.co.uk', []],
  ['anna@outlook.com.br', []],
  ['anna@live.example.com', ['domain:live.example.com']],
  ['anna@notgmail.com', ['domain:notgmail.com']],
  [undefined, []],
])('the address %s stands for %j', (email, expected) => {
  expect(accounts(undefined, email)).toEqual(expected)
})

it('the company counts before the domain', () => {
  expect(accounts('Acme', 'anna@werk.example')).toEqual(['company:acme', 'domain:werk.example'])
})
