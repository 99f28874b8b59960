import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { isObject, type JsonObject, objectOf, parseObject, textOf } from '../json.ts'

export interface StackTemplate {
  readonly stackName: string
  readonly template: JsonObject
}

export interface Assembly {
  /** In deployment order: a stack comes after those it depends on. */
  readonly stacks: readonly StackTemplate[]
  /** The folder or file of an asset by its object key (`<hash>.zip`). */
  readonly assets: ReadonlyMap<string, string>
}

/** A cloud assembly (`cdk.out`) as `cdk synth` writes it: manifest, one template a stack, asset manifests. */
export function readAssembly(folder: string): Assembly {
  const manifestPath = join(folder, 'manifest.json')
  if (!existsSync(manifestPath)) throw new Error(`no cloud assembly in ${folder}: manifest.json is missing`)
  const artifacts = objectOf(parseObject(readFileSync(manifestPath, 'utf8')).artifacts)
  const stacks: StackTemplate[] = []
  const assets = new Map<string, string>()
  for (const id of inOrder(artifacts)) {
    const artifact = objectOf(artifacts[id])
    const properties = objectOf(artifact.properties)
    if (artifact.type === 'aws:cloudformation:stack') {
      const file = textOf(properties.templateFile)
      if (!file) throw new Error(`artifact ${id} names no template`)
      const template = parseObject(readFileSync(join(folder, file), 'utf8'))
      stacks.push({ stackName: textOf(properties.stackName) ?? id, template })
    } else if (artifact.type === 'cdk:asset-manifest') {
      readAssets(folder, textOf(properties.file), assets)
    }
  }
  if (stacks.length === 0) throw new Error(`the cloud assembly in ${folder} has no stack`)
  return { stacks, assets }
}

function readAssets(folder: string, file: string | undefined, assets: Map<string, string>): void {
  if (!file) return
  for (const asset of Object.values(objectOf(parseObject(readFileSync(join(folder, file), 'utf8')).files))) {
    const source = textOf(objectOf(objectOf(asset).source).path)
    if (!source) continue
    for (const destination of Object.values(objectOf(objectOf(asset).destinations))) {
      const key = textOf(objectOf(destination).objectKey)
      if (key) assets.set(key, resolve(folder, source))
    }
  }
}

function inOrder(artifacts: JsonObject): string[] {
  const done = new Set<string>()
  const visit = (id: string) => {
    const artifact = artifacts[id]
    if (done.has(id) || !isObject(artifact)) return
    done.add(id)
    for (const other of Array.isArray(artifact.dependencies) ? artifact.dependencies : []) {
      if (typeof other === 'string') visit(other)
    }
    ordered.push(id)
  }
  const ordered: string[] = []
  for (const id of Object.keys(artifacts)) visit(id)
  return ordered
}
