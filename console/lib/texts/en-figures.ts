/** Numbers and who is behind them. */
export const enFigures = {
  people: {
    title: 'People',
    count: (count: number) => (count === 1 ? 'One person' : `${count} people`),
    nobody: 'Nobody is here any more',
    close: 'Close',
  },
}
