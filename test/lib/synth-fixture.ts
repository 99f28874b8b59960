import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Code } from 'aws-cdk-lib/aws-lambda'
import { App, type AppProps } from 'aws-cdk-lib/core'
import { addStacks } from '../../lib/add-stacks.ts'
import { capabilities } from '../../lib/capabilities.ts'
import { readConfig } from '../../lib/config.ts'

export interface Resource {
  readonly Type: string
  readonly Properties: Readonly<Record<string, unknown>>
  readonly DependsOn?: readonly string[]
  readonly DeletionPolicy?: string
  readonly UpdateReplacePolicy?: string
}

export interface Template {
  readonly Resources: Readonly<Record<string, Resource>>
  readonly Outputs: Readonly<Record<string, { readonly Value: unknown }>>
}

const cdkJson: { context: Record<string, unknown> } = JSON.parse(
  readFileSync(join(import.meta.dirname, '../../cdk.json'), 'utf8'),
)
const folder = mkdtempSync(join(tmpdir(), 'trichter-lib-'))
const asset = join(folder, 'asset')
mkdirSync(asset)
writeFileSync(join(asset, 'index.mjs'), 'export const handler = async () => {}')

/** The real stacks around one small bundle that stands for all. */
export const makeApp = (context: Readonly<Record<string, string>> = {}, props: AppProps = {}) => {
  const app = new App({
    outdir: mkdtempSync(join(folder, 'out-')),
    analyticsReporting: false,
    stackTraces: false,
    treeMetadata: false,
    builtinCloudFormationValidation: false,
    ...props,
    context: { ...cdkJson.context, ...context },
  })
  const code = Object.fromEntries(capabilities.map(({ name }) => [name, Code.fromAsset(asset)]))
  const stacks = addStacks(app, readConfig(app.node), code)
  return { app, stacks }
}

const synthesize = (context: Readonly<Record<string, string>>) => {
  const { app, stacks } = makeApp(context)
  const assembly = app.synth()
  const templateOf = (id: string): Template => assembly.getStackArtifact(id).template
  return {
    assembly,
    data: templateOf(stacks.data.artifactId),
    app: templateOf(stacks.app.artifactId),
  }
}

const known = new Map<string, ReturnType<typeof synthesize>>()

/** Synthesized once for each context: files share it. */
export const synthFixture = (context: Readonly<Record<string, string>> = {}) => {
  const key = JSON.stringify(context)
  const made = known.get(key) ?? synthesize(context)
  known.set(key, made)
  return made
}

/** Resources of one type, by logical id. */
export const ofType = (template: Template, type: string): readonly (readonly [string, Resource])[] =>
  Object.entries(template.Resources).filter(([, resource]) => resource.Type === type)
