import { describe, expect, it } from 'vitest'
import type { ApiResult } from '../../../functions/api/api-request.ts'
import { changed, smallPlaybook } from '../../domain/playbook/small-playbook.ts'
import { playbookWorld } from './playbook-world.ts'

const bodyOf = (result: ApiResult): Readonly<Record<string, unknown>> => {
  if (result.type !== 'ok') throw new Error(`refused: ${JSON.stringify(result)}`)
  return { ...(typeof result.body === 'object' ? result.body : {}) }
}

const warm = changed('scoring.yaml', 'points: 30', 'points: 35')

describe('reading', () => {
  it('shows what came with the deployment, file by file, and no draft where there is none', async () => {
    const { read, playbook, files } = await playbookWorld()
    expect(bodyOf(await read())).toEqual({
      version: playbook.version,
      publishedAt: null,
      by: null,
      edition: expect.any(String),
      files: Object.fromEntries(files),
      rescoring: { rules: 'r', done: 3 },
    })
  })

  it('shows the draft beside it', async () => {
    const { save, read, playbook } = await playbookWorld()
    await save(warm)
    expect(bodyOf(await read())).toMatchObject({
      version: playbook.version,
      draft: { savedAt: '2026-03-02T09:00:00.000Z', by: 'mara@x.example', files: Object.fromEntries(warm) },
    })
  })
})

describe('saving and checking', () => {
  it('keeps a draft with mistakes, and says where they are', async () => {
    const { save, store } = await playbookWorld()
    const wrong = changed('sequences/interest.yaml', '- email: welcome', '- email: welcom')
    const place = { file: 'sequences/interest.yaml', line: 8, column: 12, severity: 'error' }
    expect(bodyOf(await save(wrong))).toMatchObject({
      savedAt: '2026-03-02T09:00:00.000Z',
      ok: false,
      errors: [place],
    })
    expect(store.standing().draft?.files).toEqual(wrong)
  })

  it('checks what it is given, else the draft, and changes nothing', async () => {
    const { check, save, store } = await playbookWorld()
    expect(await check()).toMatchObject({ type: 'conflict' })
    const wrong = changed('scoring.yaml', 'points: 30', 'points: many')
    expect(bodyOf(await check(wrong))).toMatchObject({ ok: false, errors: [{ file: 'scoring.yaml' }] })
    expect(store.standing().draft).toBeUndefined()
    await save(warm)
    expect(bodyOf(await check())).toEqual({ ok: true, errors: [] })
  })

  it('says of a playbook that is too large to be kept what publishing says', async () => {
    const { check, save, publish, digest } = await playbookWorld()
    /** A comment that does not get smaller. */
    const noise = (seed: string): string =>
      Array.from(
        { length: 2500 },
        (_, line) => `\n# ${Buffer.from(digest(`${seed}${line}`), 'hex').toString('base64')}`,
      ).join('')
    const large = new Map(
      [...smallPlaybook()].map(([file, text]) => [
        file,
        file.endsWith('.yaml') ? `${text}${noise(file)}` : text,
      ]),
    )
    const tooLarge = {
      severity: 'error',
      message: "the playbook's files must have at most 300 KB when compressed",
    }
    expect(bodyOf(await check(large))).toMatchObject({ ok: false, errors: [tooLarge] })
    await save(large)
    expect(await publish()).toMatchObject({ type: 'bad-input', errors: [tooLarge] })
  })

  it('compiles the emails that differ from the live ones, and no others', async () => {
    const { check, compiled } = await playbookWorld()
    await check(warm)
    expect(compiled).toEqual([])
    await check(changed('emails/welcome.en.mjml', 'Welcome!', 'Hello!'))
    expect(compiled).toEqual(['emails/welcome.en.mjml'])
  })

  it('tells of files that belong to no playbook, wherever they want to lie', async () => {
    const { check } = await playbookWorld()
    const strays = ['../../etc/passwd', 'README.md', 'emails/../../x.mjml', '/settings.yaml', '__proto__']
    const found = bodyOf(
      await check(new Map([...smallPlaybook(), ...strays.map((path) => [path, 'x'] as const)])),
    )
    expect(found).toMatchObject({ ok: false })
    expect(new Set(Array.isArray(found.errors) ? found.errors.map(({ file }) => file) : [])).toEqual(
      new Set(strays),
    )
  })

  it.each([
    [
      'aliases that stand for a billion values',
      `a: &a [x,x,x,x,x,x,x,x,x]\n${'bcdefghi'.replace(/./g, (key, at: number) => `${key}: &${key} [${`*${'abcdefgh'[at]},`.repeat(9)}]\n`)}`,
    ],
    ['lists in lists without end', `x: ${'['.repeat(50_000)}`],
    ['an alias of itself', 'x: &x [*x]'],
  ])('refuses %s', async (_what, yaml) => {
    const { check } = await playbookWorld()
    const result = bodyOf(await check(smallPlaybook({ 'settings.yaml': yaml })))
    expect(result).toMatchObject({ ok: false })
    expect(JSON.stringify(result.errors)).toMatch(/alias|deep|not closed/i)
  })

  it.each([
    [undefined, 'files'],
    [{}, 'files'],
    [7, ''],
    [{ files: ['settings.yaml'] }, 'files'],
    [{ files: { 'settings.yaml': 7 } }, 'files.settings.yaml'],
    [{ files: { '': 'x' } }, 'files.'],
    [{ files: { 'scoring.yaml': 'x'.repeat(128 * 1024 + 1) } }, 'files.scoring.yaml'],
    [{ files: Object.fromEntries(Array.from({ length: 1_001 }, (_, at) => [`f${at}.yaml`, ''])) }, 'files'],
  ])('refuses the body %#, which is no set of files', async (body, path) => {
    const { saveBody, store } = await playbookWorld()
    expect(await saveBody(body)).toMatchObject({ type: 'bad-input', errors: [{ path }] })
    expect(store.standing().draft).toBeUndefined()
  })
})

describe('the routes', () => {
  it('read no body beyond three megabytes', async () => {
    const { call } = await playbookWorld()
    const body = 'x'.repeat(3 * 1024 * 1024 + 1)
    expect(await call('/api/playbook', { method: 'PUT', body })).toEqual({
      type: 'too-large',
      detail: expect.stringContaining(String(3 * 1024 * 1024)),
    })
  })
})
