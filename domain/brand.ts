declare const brand: unique symbol

/** A string that only its checking parser can make, so that ids of different things cannot be mixed up. */
export type Brand<Name extends string> = string & { readonly [brand]: Name }
