import type { ComponentChildren } from 'preact'
import { Link, useSearch } from 'wouter-preact'
import { useAddress } from '../lib/address.ts'
import { type FigureOfPeople, figureText } from '../lib/figures.ts'
import reading from './reading.module.css'

interface FigureLinkProps {
  readonly figure: FigureOfPeople
  /** Of a figure of nobody there is nothing to open. */
  readonly isNone?: boolean
  readonly children: ComponentChildren
}

/** A number that opens the people behind it. */
export const FigureLink = ({ figure, isNone = false, children }: FigureLinkProps) => {
  const { path } = useAddress()
  const query = new URLSearchParams(useSearch())
  if (isNone) return <>{children}</>
  query.set('people', figureText(figure))
  return (
    <Link class={reading.figure} href={`${path}?${query}`}>
      {children}
    </Link>
  )
}
