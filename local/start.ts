import { becomeLean } from './lean-process.ts'

becomeLean()
await import('./run-from-terminal.ts')
