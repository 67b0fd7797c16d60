import { z } from 'zod'

/** Countries as `config/jurisdictions.yaml` knows them: names to codes, and what is United States. */

const code = z.string().regex(/^[A-Z]{2}$/)

export const jurisdictionsFile = z.strictObject({
  united_states: z.strictObject({
    code,
    territories: z.array(code),
    source: z.string(),
    status: z.string(),
  }),
  countries: z.strictObject({
    source: z.string(),
    alpha_3: z.record(code, z.string().regex(/^[A-Z]{3}$/)),
  }),
  aliases: z.record(code, z.array(z.string().min(1))),
})
export type JurisdictionsFile = z.output<typeof jurisdictionsFile>

export interface Jurisdictions {
  /**
   * ISO 3166-1 alpha-2 of a country given as alpha-2, alpha-3, subdivision (`US-DE`) or English
   * name; null when it is none. An unreadable country stays unknown, it is never guessed.
   */
  countryOf(text: string): string | null
  /** The states and the territories. */
  isUnitedStates(country: string): boolean
  /** English name of a code, or the code itself. */
  nameOf(country: string): string
}

export function createJurisdictions(file: JurisdictionsFile): Jurisdictions {
  const countries = Object.entries(file.countries.alpha_3)
  const names = new Intl.DisplayNames(['en'], { type: 'region', fallback: 'code' })
  const byName = new Map<string, string>([
    ...countries.map(([alpha2]) => [plain(names.of(alpha2) ?? alpha2), alpha2] as const),
    ...countries.map(([alpha2, alpha3]) => [plain(alpha3), alpha2] as const),
    ...Object.entries(file.aliases).flatMap(([alpha2, aliases]) =>
      aliases.map(alias => [plain(alias), alpha2] as const),
    ),
    ...countries.map(([alpha2]) => [plain(alpha2), alpha2] as const),
  ])
  const own = new Set([file.united_states.code, ...file.united_states.territories])
  return {
    countryOf(text) {
      const subdivision = /^([A-Za-z]{2})-[A-Za-z0-9]{1,3}$/.exec(text.trim())
      return byName.get(plain(subdivision?.[1] ?? text)) ?? null
    },
    isUnitedStates: country => own.has(country),
    nameOf: country => names.of(country) ?? country,
  }
}

/** Codes that are no countries, and names that would mean two. */
export function jurisdictionFaults(file: JurisdictionsFile): string[] {
  const known = new Set(Object.keys(file.countries.alpha_3))
  const named = [...Object.keys(file.aliases), ...file.united_states.territories]
  const owner = new Map<string, string>()
  const twice = Object.entries(file.aliases).flatMap(([alpha2, aliases]) =>
    aliases.flatMap(alias => {
      const other = owner.get(plain(alias))
      owner.set(plain(alias), alpha2)
      return other === undefined || other === alpha2
        ? []
        : [`"${alias}" means both ${other} and ${alpha2}`]
    }),
  )
  return [...named.filter(id => !known.has(id)).map(id => `${id} is no country code`), ...twice]
}

/** Upper case without accents, dots, apostrophes and doubled spaces; "&" reads "and". */
function plain(text: string): string {
  return text
    .normalize('NFD')
    .replace(/[\u0300-\u036f.'’]/g, '')
    .replace(/&/g, 'and')
    .replace(/\s+/g, ' ')
    .trim()
    .toUpperCase()
}
