import type { enFigures } from './en-figures.ts'

export const deFigures: typeof enFigures = {
  people: {
    title: 'Personen',
    count: (count) => (count === 1 ? 'Eine Person' : `${count} Personen`),
    nobody: 'Hier ist niemand mehr',
    close: 'Schließen',
  },
}
